/* SPDX-License-Identifier: MIT */
#include "shared/base/read_file.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

bool mshim_kernel_read(const char *path, char *to, size_t room) {
    const long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    to[0] = 0;
    if (fd < 0)
        return false;
    const long length = syscall(SYS_read, fd, to, room - 1);
    syscall(SYS_close, fd);
    to[length > 0 ? length : 0] = 0;
    return length > 0;
}
