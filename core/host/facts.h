#pragma once

#include "core/model/platform.h"
#include "core/os/filesystem.h"

namespace reef::host {

// What this machine is, from files alone: /etc/os-release, /proc, /sys, the C library. No process is started
// and nothing is guessed: what a file does not say is absent.
//
// root: "/" for this machine; in tests a folder that holds a recorded tree.
//
//   libc            the running one's own word at "/", else the text in lib*/libc.so.6, or musl's loader
//   caches          /sys/devices/system/cpu/cpu*/cache, each once
//   threads         Cpus_allowed_list of /proc/self/status: what this process may use
//   cores           distinct (package, core) of the CPUs online
//   accelerators    cuda: /proc/driver/nvidia; rocm: /sys/class/kfd; intel: /sys/class/drm with a render node
//   virtualization  as systemd-detect-virt, a container before a virtual machine: docker, podman, lxc, wsl,
//                   kvm, vmware, ..., vm (some hypervisor), none; absent when nothing says so
//
// io when /proc cannot be read at all below `root`.
Result<Platform> read_platform(Filesystem& fs, const Path& root = "/");

// Only what choosing packages needs: os, distribution, arch, libc and its version, accelerators. Well under a
// millisecond.
Platform read_platform_brief(Filesystem& fs, const Path& root = "/");

}  // namespace reef::host
