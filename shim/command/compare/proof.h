/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_PROOF_H
#define MSHIM_COMMAND_COMPARE_PROOF_H

/*
 * Was an arm live in the processes that mattered? They are looked at while they run: each program that a
 * process becomes is an image of its own, so that shells, entry scripts and launchers are distinguished from
 * what they lead to. What counts is CPU time: an arm is live where the images in which it was seen have used
 * most of it. (The bench asks its Python workers the same, which say it of themselves:
 * bench/engine/proof.py.)
 */

#include "command/compare/arms.h"
#include "command/launch/flavour.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mshim_proof_image {
    pid_t pid;
    uint64_t started_ticks; /* of the process, tells it from a later one of the same number */
    uint64_t device, file;  /* the program */
    uint64_t cpu_before_ns; /* what the process had used when it became this image */
    uint64_t cpu_ns;        /* since, as last seen */
    uint64_t first_seen_ns; /* by the clock */
    unsigned looks;
    bool live;                  /* the arm was found in it; of `none`: no shim was */
    bool settled;               /* it was looked into when it had certainly been loaded */
    enum mshim_flavour flavour; /* the libc that it runs on */
    char name[32];
    char why_not[256]; /* where it is not live */
};

/* Where there are more, the one that has used least is forgotten. */
enum { MSHIM_PROOF_IMAGES = 64 };

struct mshim_proof {
    const struct mshim_arm *arm;
    bool counted;                  /* the shim is to be in every arm, with counters */
    uint64_t own_device, own_file; /* of this command: a child that has not become anything yet */
    size_t count;
    struct mshim_proof_image image[MSHIM_PROOF_IMAGES];
};

void mshim_proof_start(struct mshim_proof *proof, const struct mshim_arm *arm, bool counted);

/* Looks at a process. */
void mshim_proof_look(struct mshim_proof *proof, pid_t pid);

enum mshim_proof_verdict {
    MSHIM_PROOF_UNSEEN, /* too little was seen of the CPU time that was used */
    MSHIM_PROOF_LIVE,
    MSHIM_PROOF_NOT_LIVE,
};

/* `cpu_seconds`: what all processes have used. `why` is filled in where it is not live. */
enum mshim_proof_verdict mshim_proof_judge(const struct mshim_proof *proof, double cpu_seconds, char *why,
                                           size_t size);

/* The image that has used most; NULL where none was seen. */
const struct mshim_proof_image *mshim_proof_main(const struct mshim_proof *proof);

#endif
