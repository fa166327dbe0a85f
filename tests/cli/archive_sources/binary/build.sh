#!/bin/bash
printf "\0binary %s\0" "$1" >"$1/program"
