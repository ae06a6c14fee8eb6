/* SPDX-License-Identifier: MIT */
#include "command/compare/ready.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool mshim_ready_port(const char *text, unsigned *port) {
    const size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 5 || text[digits])
        return false;
    *port = (unsigned)strtoul(text, NULL, 10);
    return *port >= 1 && *port <= 65535;
}

static bool connects(const struct sockaddr *address, socklen_t size) {
    const int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool well = fd >= 0 && connect(fd, address, size) == 0;
    if (fd >= 0)
        close(fd);
    return well;
}

bool mshim_ready_port_accepts(unsigned port) {
    const struct sockaddr_in four = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const struct sockaddr_in6 six = {
        .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    return connects((const struct sockaddr *)&four, sizeof four) ||
           connects((const struct sockaddr *)&six, sizeof six);
}
