/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_MANUAL_MANUAL_TEXT_H
#define MSHIM_COMMAND_MANUAL_MANUAL_TEXT_H

/* What the manual says beside the tables. A newline ends a paragraph. */

static const char description_text[] =
    "libmshim.so is a library that is preloaded into programs. It sends the calls of the malloc family to an "
    "allocator "
    "that can be chosen, and counts them. Programs on musl, such as Python on Alpine Linux, become faster by "
    "it. The "
    "command mshim starts programs with the library that fits their libc, and shows whether it is active.\n"
    "The library can as well be named in LD_PRELOAD by hand, or in a Dockerfile; the command is not needed "
    "then.";

static const char environment_text[] =
    "For each variable stands what is accepted, the default first. A variable that is empty counts as not "
    "set. A value "
    "that cannot be used is named in one line on stderr, by the first process only, and the default holds; "
    "mshim run "
    "refuses it. Allocators keep variables of their own (MALLOC_CONF, MIMALLOC_*), which work on the copies "
    "inside the "
    "library. Where a program runs with more privileges than its user has, all of them are ignored.";

static const char preload_text[] = "Set by mshim run: the library first, then what was there. A path with a "
                                   "colon, white space or $ in it cannot stand "
                                   "there.";

static const char first_text[] = "Left by the library: the process id of the first process, the one in which "
                                 "no such mark was found. What it becomes "
                                 "by exec still is the first, its children are not. It is the one change to "
                                 "the environment that programs see.";

static const char reports_text[] =
    "With MSHIM_REPORT a process writes its counters when it ends by exit, _exit, _Exit or quick_exit or by "
    "returning "
    "from main. A process that is killed by a signal, or aborts, writes none. The report is written to a "
    "temporary file "
    "and renamed; one that cannot be written is left out in silence. A forked child counts its own calls "
    "from 0, goes on "
    "from the live bytes and blocks that it inherited, and says how many those were.";

static const char live_text[] =
    "While a process runs its counters lie in a stats file, MSHIM_DIR/mshim-UID/PID-ID.page, which only its "
    "user and root can read. Reading it costs the process nothing. It is removed at a normal end, and stays "
    "where the process was killed, or has become, by exec, a program in which the shim is not active: mshim stat FILE "
    "then shows the last state, mshim top lists it, mshim gc removes it. Where more than 256 lie in a folder "
    "the next process that starts removes those of dead processes but for the newest 128. Where there can be "
    "no file (MSHIM_DIR is full, read-only or missing) counting goes on in private memory, and mshim check "
    "PID says why.\n"
    "/dev/shm goes with its container: to look afterwards, name a folder on a volume. For the textfile "
    "collector of Prometheus' node_exporter: mshim stat --all -f prom > DIR/mshim.tmp && mv DIR/mshim.tmp "
    "DIR/mshim.prom";

static const char *const files_text[][2] = {
    {"PREFIX/lib/mshim/musl/libmshim.so, PREFIX/lib/mshim/glibc/libmshim.so",
     "the library for each libc, where the command is PREFIX/bin/mshim"},
    {"PREFIX/lib/libmshim.so", "the library for one libc, from a tarball; which one stands in the file"},
    {"MSHIM_DIR/mshim-UID/", "the stats files of a user's processes; /dev/shm/mshim-UID/ unless MSHIM_DIR is set"},
    {"/proc/PID/maps", "shows the status marker, a mapping of /memfd:mshim,... that mshim check looks for"},
};

static const char exit_text[] =
    "Of mshim run the command's own; 127 if it was not found, 126 if it cannot "
    "be executed or preloaded. Of mshim "
    "check 0 if the shim is active, 1 if not. Of mshim purge 1 where the process "
    "made no call in time. Of mshim relink 3 if a file was left alone; of mshim relink "
    "--check 0 if it is relinked, 1 if it could be, 3 if it cannot. Of all others 0, or 1 where "
    "something failed. 2 for misuse and for values "
    "that cannot be used.";

static const char notes_text[] =
    "A program of the other libc that is started with the library in its environment runs as if nothing were "
    "there: the "
    "library asks for no libc by name, so that either loader can load it, sees which libc the process runs "
    "on, and steps "
    "aside; mshim check PID says so.\n"
    "Static programs have no loader and cannot be preloaded, nor can programs with set-user-ID, set-group-ID or "
    "file "
    "capabilities, whose loader ignores LD_PRELOAD. A loader that does not find a library that LD_PRELOAD "
    "names goes on "
    "without it, musl's in silence: mshim check says so.\n"
    "malloc_trim is there on both libcs. From Python it is found by ctypes.CDLL(None).malloc_trim(0); "
    "ctypes.CDLL(\"libc.so.6\").malloc_trim reaches glibc's own, which has a heap that is not in use, and "
    "does not exist "
    "on musl. A library that was opened with RTLD_DEEPBIND gets past the shim in the same way.\n"
    "mshim run looks at the program that its command line leads to. What that starts in turn inherits the "
    "same library: "
    "of a shell script on one libc that starts Python on another, the shim is active only in the shell. Put mshim run in "
    "front of "
    "Python then, and likewise behind static launchers.\n"
    "mshim relink: in a library that is relinked ltrace and LD_AUDIT no longer see the calls that go "
    "directly to "
    "its functions, and a library that is preloaded can no longer replace those, only functions of the "
    "malloc "
    "family, weak ones, and those that were left because the program or another of its libraries has them "
    "too. "
    "Debuggers, perf, faulthandler and unwinding work as before. On musl a library with static thread-local "
    "variables cannot be opened by dlopen, only loaded when a program starts: a libpython that uWSGI's "
    "plugin, "
    "mod_wsgi or PL/Python opens late is to be relinked with --keep-tls. glibc opens it as long as it has "
    "space for such variables (GLIBC_TUNABLES, glibc.rtld.optional_static_tls). Of several hard links of a "
    "file none is "
    "replaced; a symbolic link is followed and stays. Of a library that is named by its path only its own "
    "libraries are searched for functions of the same names, of a program or command all.";

static const char *const examples_text[][2] = {
    {"mshim run python3 app.py", "with the default allocator"},
    {"mshim run -a jemalloc -o report-%p.json gunicorn app:app", "with jemalloc, a report for each process"},
    {"mshim check $(pidof python3)", "is it active in there?"},
    {"mshim stat -i 5 $(pidof python3)", "what does it allocate, and what does that cost?"},
    {"mshim compare -r result.html -- python3 job.py", "which allocator is best for this?"},
    {"mshim compare --ready-when 8000 --load \"wrk -c8 -d5 --latency http://127.0.0.1:8000/\" -- uvicorn "
     "app:app",
     "and for this server?"},
    {"RUN mshim relink python3", "a line of a Dockerfile: relinks the libpython that python3 loads"},
    {"mshim relink --keep-tls /usr/local/lib/libpython3.13.so.1.0", "one that is opened late"},
    {"ENV LD_PRELOAD=/usr/local/lib/libmshim.so", "a line of a Dockerfile: starts every program with it"},
};

#endif
