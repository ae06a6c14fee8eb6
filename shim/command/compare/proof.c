/* SPDX-License-Identifier: MIT */
#include "command/compare/proof.h"
#include "command/inspect/proc_stat.h"
#include "command/inspect/process.h"
#include "command/launch/elf_file.h"
#include "shared/base/clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Less than this share of the CPU time says nothing. */
static const double enough_seen = 0.6;

/* Loading is over in an image that has used so much, or was first seen so long ago. */
static const uint64_t loaded_cpu_ns = 10000000;
static const uint64_t loaded_ns = 100000000;

static bool program_of(pid_t pid, uint64_t *device, uint64_t *file) {
    char path[64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%ld/exe", (long)pid);
    if (stat(path, &status) != 0)
        return false;
    *device = status.st_dev;
    *file = status.st_ino;
    return true;
}

void mshim_proof_start(struct mshim_proof *proof, const struct mshim_arm *arm, bool counted) {
    memset(proof, 0, sizeof *proof);
    proof->arm = arm;
    proof->counted = counted;
    program_of(getpid(), &proof->own_device, &proof->own_file);
}

static uint64_t scheduled_ns(pid_t pid) {
    char path[64], line[128];
    snprintf(path, sizeof path, "/proc/%ld/schedstat", (long)pid);
    FILE *const file = fopen(path, "re");
    if (!file)
        return 0;
    line[fread(line, 1, sizeof line - 1, file)] = 0;
    fclose(file);
    return strtoull(line, NULL, 10);
}

/* Of a process that has not ended: what the scheduler and the ticks say, whichever knows more; the one sees
 * the first thread alone, the other whole ticks. */
static bool read_times(pid_t pid, uint64_t *cpu_ns, uint64_t *started_ticks) {
    struct mshim_proc_stat stat;
    if (!mshim_proc_stat_read(&stat, pid) || stat.has_ended)
        return false;
    const uint64_t ticks_ns =
        (stat.user_ticks + stat.system_ticks) * (1000000000ull / (unsigned long long)sysconf(_SC_CLK_TCK));
    const uint64_t run_ns = scheduled_ns(pid);
    *cpu_ns = ticks_ns > run_ns ? ticks_ns : run_ns;
    *started_ticks = stat.started_ticks;
    return true;
}

static struct mshim_proof_image *find(struct mshim_proof *proof, pid_t pid, uint64_t started_ticks,
                                      uint64_t device, uint64_t file, uint64_t *cpu_before_ns) {
    *cpu_before_ns = 0;
    for (size_t i = 0; i < proof->count; i++) {
        struct mshim_proof_image *const image = &proof->image[i];
        if (image->pid != pid || image->started_ticks != started_ticks)
            continue;
        if (image->device == device && image->file == file)
            return image;
        const uint64_t used_ns = image->cpu_before_ns + image->cpu_ns;
        *cpu_before_ns = used_ns > *cpu_before_ns ? used_ns : *cpu_before_ns;
    }
    return NULL;
}

static struct mshim_proof_image *slot_for(struct mshim_proof *proof) {
    if (proof->count < MSHIM_PROOF_IMAGES)
        return &proof->image[proof->count++];
    struct mshim_proof_image *least = &proof->image[0];
    for (size_t i = 1; i < MSHIM_PROOF_IMAGES; i++)
        if (proof->image[i].cpu_ns < least->cpu_ns)
            least = &proof->image[i];
    return least;
}

static enum mshim_flavour flavour_of(pid_t pid) {
    char path[PATH_MAX];
    struct mshim_elf elf;
    snprintf(path, sizeof path, "/proc/%ld/exe", (long)pid);
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return MSHIM_NO_FLAVOUR;
    mshim_elf_read(fd, &elf);
    close(fd);
    if (elf.kind != MSHIM_ELF_DYNAMIC)
        return MSHIM_NO_FLAVOUR;
    snprintf(path, sizeof path, "/proc/%ld/root%.4000s", (long)pid, elf.interpreter);
    return mshim_flavour_of_loader(path);
}

static bool is_mapped(pid_t pid, const char *library) {
    char path[64], *line = NULL;
    size_t capacity = 0;
    bool found = false;
    snprintf(path, sizeof path, "/proc/%ld/maps", (long)pid);
    FILE *const maps = fopen(path, "re");
    while (maps && !found && getline(&line, &capacity, maps) > 0) {
        const char *const mapped = strchr(line, '/');
        const size_t length = strlen(library);
        found = mapped && strncmp(mapped, library, length) == 0 && strchr("\n ", mapped[length]) != NULL;
    }
    free(line);
    if (maps)
        fclose(maps);
    return found;
}

/* Is the shim in it as the arm says? */
static bool shim_is_live(struct mshim_proof_image *image, const char *allocator) {
    struct mshim_marker marker;
    const int error = mshim_process_marker(image->pid, &marker);
    if (error) {
        snprintf(image->why_not, sizeof image->why_not, "it may not be looked at (%s)", strerror(error));
        return false;
    }
    if (marker.found && marker.active && strcmp(marker.allocator, allocator) == 0)
        return true;
    if (!marker.found)
        mshim_process_explain(image->pid, &marker, image->why_not, sizeof image->why_not);
    else if (!marker.active)
        snprintf(image->why_not, sizeof image->why_not, "the shim has stepped aside (%s)", marker.why);
    else
        snprintf(image->why_not, sizeof image->why_not, "the shim serves it with %s", marker.allocator);
    return false;
}

static bool is_live(const struct mshim_proof *proof, struct mshim_proof_image *image) {
    const struct mshim_arm *const arm = proof->arm;
    image->why_not[0] = 0;
    if (arm->kind == MSHIM_ARM_SHIM)
        return shim_is_live(image, arm->allocator);
    if (arm->kind == MSHIM_ARM_LIBRARY && !is_mapped(image->pid, arm->library)) {
        snprintf(image->why_not, sizeof image->why_not, "the library is not mapped in it");
        return false;
    }
    if (proof->counted)
        return shim_is_live(image, "system");
    struct mshim_marker marker;
    if (mshim_process_marker(image->pid, &marker) != 0)
        return false;
    if (marker.found || marker.library_mapped)
        snprintf(image->why_not, sizeof image->why_not, "the shim is loaded in it, and must not be");
    return !marker.found && !marker.library_mapped;
}

/* Where it was found it is looked for again now and then, for a process may start its own program anew
 * without it. */
static bool wants_check(const struct mshim_proof_image *image) {
    return !image->live || image->looks <= 4 || (image->looks & (image->looks - 1)) == 0;
}

void mshim_proof_look(struct mshim_proof *proof, pid_t pid) {
    uint64_t cpu_ns, started_ticks, device, file, before_ns;
    if (!read_times(pid, &cpu_ns, &started_ticks) || !program_of(pid, &device, &file) ||
        (device == proof->own_device && file == proof->own_file))
        return;
    struct mshim_proof_image *image = find(proof, pid, started_ticks, device, file, &before_ns);
    if (!image) {
        image = slot_for(proof);
        *image = (struct mshim_proof_image){.pid = pid,
                                            .started_ticks = started_ticks,
                                            .device = device,
                                            .file = file,
                                            .cpu_before_ns = before_ns,
                                            .first_seen_ns = mshim_now_ns(),
                                            .flavour = flavour_of(pid)};
    }
    image->looks++;
    image->cpu_ns = cpu_ns > image->cpu_before_ns ? cpu_ns - image->cpu_before_ns : 0;
    if (!wants_check(image))
        return;
    mshim_process_name(pid, image->name);
    struct mshim_proof_image checked = *image;
    const bool live = is_live(proof, &checked);
    uint64_t device_now, file_now;
    if (!live && (!program_of(pid, &device_now, &file_now) || device_now != device || file_now != file))
        return; /* it is ending or has become something else, and what was mapped is gone */
    *image = checked;
    image->live = live;
    image->settled = image->cpu_ns >= loaded_cpu_ns || mshim_now_ns() - image->first_seen_ns >= loaded_ns;
}

const struct mshim_proof_image *mshim_proof_main(const struct mshim_proof *proof) {
    const struct mshim_proof_image *most = NULL;
    for (size_t i = 0; i < proof->count; i++)
        if (!most || proof->image[i].cpu_ns >= most->cpu_ns)
            most = &proof->image[i];
    return most;
}

enum mshim_proof_verdict mshim_proof_judge(const struct mshim_proof *proof, double cpu_seconds, char *why,
                                           size_t size) {
    double live_ns = 0, dead_ns = 0, unknown_ns = 0;
    const struct mshim_proof_image *worst = NULL;
    for (size_t i = 0; i < proof->count; i++) {
        const struct mshim_proof_image *const image = &proof->image[i];
        *(image->live ? &live_ns : image->settled ? &dead_ns : &unknown_ns) += (double)image->cpu_ns;
        if (!image->live && image->settled && (!worst || image->cpu_ns >= worst->cpu_ns))
            worst = image;
    }
    const double enough_ns = enough_seen * cpu_seconds * 1e9;
    if (live_ns >= enough_ns && live_ns > dead_ns + unknown_ns)
        return MSHIM_PROOF_LIVE;
    if (!worst || live_ns > dead_ns || live_ns + dead_ns < enough_ns)
        return MSHIM_PROOF_UNSEEN;
    snprintf(why, size, "not live where most of the CPU time went (%s, process %ld): %s", worst->name,
             (long)worst->pid, worst->why_not[0] ? worst->why_not : "it ended before it could be looked at");
    return MSHIM_PROOF_NOT_LIVE;
}
