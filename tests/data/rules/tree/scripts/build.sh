#!/bin/sh
cd /root/somewhere
cd build/root/x
