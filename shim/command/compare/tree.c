/* SPDX-License-Identifier: MIT */
#include "command/compare/tree.h"
#include "command/inspect/proc_stat.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool append(struct mshim_tree *tree, pid_t pid) {
    if (tree->count == tree->capacity) {
        const size_t capacity = tree->capacity ? 2 * tree->capacity : 64;
        pid_t *const larger = realloc(tree->pids, capacity * sizeof *larger);
        if (!larger)
            return false;
        tree->pids = larger;
        tree->capacity = capacity;
    }
    tree->pids[tree->count++] = pid;
    return true;
}

/* The children that one thread has started. False where the kernel does not say. */
static bool append_children(struct mshim_tree *tree, pid_t pid, const char *thread) {
    char path[64], *word = NULL;
    size_t capacity = 0;
    snprintf(path, sizeof path, "/proc/%ld/task/%.20s/children", (long)pid, thread);
    FILE *const file = fopen(path, "re");
    if (!file)
        return false;
    bool enough = true;
    while (enough && getdelim(&word, &capacity, ' ', file) > 0)
        enough = append(tree, (pid_t)strtol(word, NULL, 10));
    free(word);
    fclose(file);
    return enough;
}

static void append_children_of_threads(struct mshim_tree *tree, pid_t pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    DIR *const folder = opendir(path);
    if (!folder)
        return;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.')
            append_children(tree, pid, entry->d_name);
    closedir(folder);
}

struct relation {
    pid_t pid, parent;
};

/* For kernels that do not list children: looks at every process of the machine. */
static bool read_by_parents(struct mshim_tree *tree) {
    struct relation *all = NULL;
    struct mshim_proc_stat stat;
    size_t count = 0, capacity = 0;
    DIR *const folder = opendir("/proc");
    bool well = folder != NULL;
    for (struct dirent *entry; well && (entry = readdir(folder));) {
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
            continue;
        if (count == capacity) {
            struct relation *const larger = realloc(all, (capacity = 2 * capacity + 256) * sizeof *all);
            if (!larger) {
                well = false;
                break;
            }
            all = larger;
        }
        const pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (mshim_proc_stat_read(&stat, pid))
            all[count++] = (struct relation){pid, stat.parent};
    }
    if (folder)
        closedir(folder);
    const pid_t self = getpid();
    for (size_t next = 0; well && next <= tree->count; next++) {
        const pid_t parent = next == 0 ? self : tree->pids[next - 1];
        for (size_t i = 0; well && i < count; i++)
            if (all[i].parent == parent)
                well = append(tree, all[i].pid);
    }
    free(all);
    return well;
}

bool mshim_tree_read(struct mshim_tree *tree) {
    char self[24];
    tree->count = 0;
    snprintf(self, sizeof self, "%ld", (long)getpid());
    if (!append_children(tree, getpid(), self))
        return read_by_parents(tree);
    for (size_t i = 0; i < tree->count; i++)
        append_children_of_threads(tree, tree->pids[i]);
    return true;
}

size_t mshim_tree_kill(void) {
    struct mshim_tree tree = {0};
    mshim_tree_read(&tree);
    for (size_t i = 0; i < tree.count; i++)
        kill(tree.pids[i], SIGKILL);
    const size_t count = tree.count;
    mshim_tree_free(&tree);
    return count;
}

void mshim_tree_free(struct mshim_tree *tree) {
    free(tree->pids);
    *tree = (struct mshim_tree){0};
}
