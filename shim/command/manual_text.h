/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_MANUAL_TEXT_H
#define MSHIM_COMMAND_MANUAL_TEXT_H

/* What the manual says beside the tables. A newline ends a paragraph. */

static const char description_text[] =
    "libmshim.so is a library that is preloaded into programs. It sends the calls of the malloc family "
    "to an allocator that can be chosen, and counts them. It makes programs on musl faster, such as "
    "Python on Alpine Linux. The command mshim starts programs with the library for their libc, and "
    "shows whether it is active.\n"
    "The library can also be named in LD_PRELOAD by hand, or in a Dockerfile; the command is not needed "
    "then.";

static const char environment_text[] =
    "For each variable: what is accepted, the default first, and what it means. An empty variable "
    "counts as not set. An invalid value is reported in one line on stderr, by the first process only, "
    "and the default is used; mshim run refuses it. Allocators keep variables of their own "
    "(MALLOC_CONF, MIMALLOC_*), which apply to the copies inside the library. Where a program runs with "
    "more privileges than its user has, all of them are ignored.";

static const char preload_text[] =
    "Set by mshim run: the library first, then what was there. A path that contains a colon, white "
    "space or $ cannot be preloaded.";

static const char first_text[] =
    "Set by the library: the process id of the first process, the one that found no such variable. A "
    "program that it becomes by exec is still the first, its children are not. This is the only change "
    "to the environment that programs see.";

static const char reports_text[] =
    "With MSHIM_REPORT a process writes its counters when it ends by exit, _exit, _Exit or quick_exit "
    "or by returning from main. A process that is killed by a signal, or aborts, writes none. The "
    "report is written to a temporary file and renamed; where it cannot be written nothing is said. A "
    "forked child counts its own calls from 0, starts from the live bytes and blocks that it inherited, "
    "and reports how many those were.";

static const char live_text[] =
    "The counters of a running process are in its stats file, MSHIM_DIR/mshim-UID/PID-ID.page, which "
    "only its user and root can read. Reading it costs the process nothing. It is removed at a normal "
    "end, and stays where the process was killed, or has become, by exec, a program in which the shim "
    "is not active: mshim stat FILE then shows the last state, mshim top --all lists it, mshim gc "
    "removes it. Where those of dead processes hold more than 1 MiB, the next process that starts or is "
    "forked removes the oldest, until they hold 512 KiB. Where there can be no file (MSHIM_DIR is full, "
    "read-only or missing) the counters are in private memory, and mshim check PID says why.\n"
    "What a stats file says is believed of a running process only if that process has mapped this very "
    "file (or owns it, where its mappings may not be seen). Files with more than one name, a second "
    "file of one process, and what lies in one folder beyond 8192 files or 1 GiB are left out, with a "
    "message.\n"
    "/dev/shm is removed with its container: to read stats files afterwards, set MSHIM_DIR to a folder "
    "on a volume. For the textfile collector of Prometheus' node_exporter: mshim stat --all -f prom > "
    "DIR/mshim.tmp && mv DIR/mshim.tmp DIR/mshim.prom";

static const char *const files_text[][2] = {
    {"PREFIX/lib/mshim/musl/libmshim.so, PREFIX/lib/mshim/glibc/libmshim.so",
     "the library for each libc, where the command is PREFIX/bin/mshim"},
    {"PREFIX/lib/libmshim.so",
     "the library for one libc, from a tarball or by mshim install; a note in the file says which"},
    {"PREFIX/lib/mshim/installed", "what mshim install has put below PREFIX, and what it has relinked"},
    {"MSHIM_DIR/mshim-UID/",
     "the stats files of a user's processes; /dev/shm/mshim-UID/ unless MSHIM_DIR is set"},
    {"/proc/PID/maps", "shows the status marker, a mapping of /memfd:mshim,... that mshim check looks for"},
};

static const char exit_text[] =
    "mshim run: that of the command; 127 if it was not found, 126 if it cannot be executed or "
    "preloaded. mshim check: 0 if the shim is active, 1 if not; with --strict 0 only if everything that "
    "applies is on. mshim doctor: 0 if nothing is to be done, 1 if something is. mshim options: 1 if a "
    "variable is invalid or misspelt. mshim purge: 1 where the process made no call in time. mshim "
    "relink: 3 if a file was left alone; mshim relink --check: 0 if it is relinked, 1 if it could be, 3 "
    "if it cannot. All others: 0, or 1 where something failed. 2 for misuse and for invalid values.";

static const char notes_text[] =
    "A program of the other libc that is started with the library in its environment runs as if nothing "
    "were there: the library asks for no libc by name, so that either loader can load it, sees which "
    "libc the process runs on, and steps aside; mshim check PID says so.\n"
    "Static programs have no loader and cannot be preloaded, nor can programs with set-user-ID, "
    "set-group-ID or file capabilities, whose loader ignores LD_PRELOAD. A loader that does not find a "
    "library that LD_PRELOAD names goes on without it, musl's silently: mshim check says so.\n"
    "malloc_trim is there on both libcs. From Python it is found by ctypes.CDLL(None).malloc_trim(0); "
    "ctypes.CDLL(\"libc.so.6\").malloc_trim reaches glibc's own, which trims a heap that is not in use, "
    "and does not exist on musl. A library that was opened with RTLD_DEEPBIND bypasses the shim in the "
    "same way.\n"
    "mshim run examines the program that its command line leads to. What that program starts inherits "
    "the same library: of a shell script on one libc that starts Python on another, the shim is active "
    "only in the shell. Put mshim run in front of Python then, and likewise behind static launchers.\n"
    "mshim relink: in a relinked library ltrace and LD_AUDIT no longer see the calls that go directly "
    "to its functions, and a preloaded library can no longer replace those, only functions of the "
    "malloc family, weak ones, and those that were left because the program or another of its libraries "
    "defines them too. Debuggers, perf, faulthandler and unwinding work as before. On musl a library "
    "with static thread-local variables cannot be opened by dlopen, only loaded when a program starts: "
    "relink a libpython that uWSGI's plugin, mod_wsgi or PL/Python opens late with --keep-tls. glibc "
    "opens it as long as it has space for such variables (GLIBC_TUNABLES, "
    "glibc.rtld.optional_static_tls). Of several hard links of a file none is replaced; a symbolic link "
    "is followed and stays. For a library that is named by its path only its own libraries are searched "
    "for functions of the same names, for a program or command all.";

static const char *const examples_text[][2] = {
    {"mshim run python3 app.py", "runs it with the default allocator"},
    {"mshim run -a jemalloc -o report-%p.json gunicorn app:app",
     "with jemalloc, and a report for each process"},
    {"mshim doctor", "what is in force in this image for its Python, and what to do next"},
    {"mshim check --strict $(pidof python3)", "is the shim active in it, with everything on?"},
    {"mshim stat -i 5 $(pidof python3)", "what does it allocate, and what does that cost?"},
    {"mshim compare -r result.html -- python3 job.py", "which allocator is best for this job?"},
    {"mshim compare --ready-when 8000 --load \"wrk -c8 -d5 --latency http://127.0.0.1:8000/\" -- uvicorn "
     "app:app",
     "and for this server?"},
    {"RUN mshim relink python3", "a line of a Dockerfile: relinks the libpython that python3 loads"},
    {"mshim relink --keep-tls /usr/local/lib/libpython3.13.so.1.0", "one that is opened late"},
    {"ENV LD_PRELOAD=/usr/local/lib/libmshim.so",
     "a line of a Dockerfile: preloads the library into every program"},
};

#endif
