/* SPDX-License-Identifier: MIT */
#include "command/screen/terminal.h"

#include "shared/base/clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define ALTERNATE_SCREEN "\033[?1049h\033[?25l"
#define ORDINARY_SCREEN  "\033[?25h\033[?1049l"
#define HOME             "\033[H"
#define CLEAR_LINE       "\033[K"
#define CLEAR_BELOW      "\033[J"
#define LINE_END         "\r\n"

static const int watched[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH};
enum { WATCHED = sizeof watched / sizeof *watched };

static struct termios before;
static sigset_t outside; /* the mask that was there; the watched signals come only while we wait */
static volatile sig_atomic_t ended_by, stopped, changed;
static bool gone; /* the terminal cannot be written to */

static void note(int signal) {
    if (signal == SIGTSTP)
        stopped = 1;
    else if (signal == SIGWINCH || signal == SIGCONT)
        changed = 1;
    else
        ended_by = signal;
}

static void put(const char *text, size_t length) {
    while (length > 0 && !gone) {
        const ssize_t wrote = write(STDOUT_FILENO, text, length);
        if (wrote < 0 && errno != EINTR)
            gone = true;
        if (wrote > 0) {
            text += wrote;
            length -= (size_t)wrote;
        }
    }
}

static void take(void) {
    struct termios screen = before;
    screen.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    screen.c_cc[VMIN] = 1;
    screen.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &screen);
    put(ALTERNATE_SCREEN, sizeof ALTERNATE_SCREEN - 1);
}

static void give_back(void) {
    put(ORDINARY_SCREEN, sizeof ORDINARY_SCREEN - 1);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

bool mshim_terminal_begin(void) {
    if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &before) != 0)
        return false;
    sigset_t blocked;
    sigemptyset(&blocked);
    for (unsigned i = 0; i < WATCHED; i++)
        sigaddset(&blocked, watched[i]);
    sigprocmask(SIG_BLOCK, &blocked, &outside);
    for (unsigned i = 0; i < WATCHED; i++) {
        const struct sigaction action = {.sa_handler = note};
        sigaction(watched[i], &action, NULL);
        sigdelset(&outside, watched[i]);
    }
    take();
    return true;
}

struct mshim_size mshim_terminal_size(void) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
        return (struct mshim_size){24, 80};
    return (struct mshim_size){size.ws_row, size.ws_col};
}

/* Clears before it writes: behind the last column a terminal would clear that column. */
void mshim_terminal_show(const char *frame) {
    put(HOME, sizeof HOME - 1);
    for (size_t line; frame[line = strcspn(frame, "\n")]; frame += line + 1) {
        put(CLEAR_LINE, sizeof CLEAR_LINE - 1);
        put(frame, line);
        put(LINE_END, sizeof LINE_END - 1);
    }
    put(CLEAR_BELOW, sizeof CLEAR_BELOW - 1);
    put(frame, strlen(frame));
    put(HOME, sizeof HOME - 1);
}

/* One key, or the last of several that came at once; 0 for a sequence that is none of ours. */
static int read_key(void) {
    unsigned char bytes[16];
    const ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
    if (got <= 0) {
        gone |= got == 0 || errno != EINTR;
        return 0;
    }
    if (bytes[0] != 033)
        return bytes[got - 1];
    if (got == 3 && (bytes[1] == '[' || bytes[1] == 'O') && bytes[2] >= 'A' && bytes[2] <= 'D')
        return MSHIM_KEY_UP + bytes[2] - 'A';
    return got == 1 ? 033 : 0;
}

static void stop(void) {
    stopped = 0;
    give_back();
    raise(SIGSTOP);
    tcgetattr(STDIN_FILENO, &before);
    take();
}

enum mshim_event mshim_terminal_wait(unsigned milliseconds, int *key) {
    struct pollfd keys = {STDIN_FILENO, POLLIN, 0};
    const struct timespec time = mshim_ns_timespec(milliseconds * (uint64_t)MSHIM_NS_PER_MILLISECOND);
    const int ready = ppoll(&keys, 1, &time, &outside);
    if (stopped) {
        stop();
        changed = 1;
    }
    *key = ready > 0 ? read_key() : 0;
    if (ended_by || gone)
        return MSHIM_EVENT_END;
    if (changed) {
        changed = 0;
        return MSHIM_EVENT_REDRAW;
    }
    return *key ? MSHIM_EVENT_KEY : MSHIM_EVENT_TIME;
}

void mshim_terminal_end(void) {
    give_back();
    if (ended_by == SIGTERM || ended_by == SIGHUP) {
        signal(ended_by, SIG_DFL);
        raise(ended_by);
    }
    sigprocmask(SIG_SETMASK, &outside, NULL);
}
