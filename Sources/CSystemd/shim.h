// What Swift imports of libsystemd (252 or later).
#pragma once
#include <fcntl.h>
#include <spawn.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>
#include <systemd/sd-login.h>
#include <wchar.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/epoll.h>
#include <sys/wait.h>

// Linux calls that the C library declares only with _GNU_SOURCE, which Swift's import of it does not have.
int accept4(int, struct sockaddr *, socklen_t *, int);
int pipe2(int[2], int);
int pidfd_open(pid_t, unsigned int);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);

/// What SO_PEERCRED fills in: `struct ucred`.
struct host_peer {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};

enum { HOST_SPAWN_SETSID = 0x80 };  // POSIX_SPAWN_SETSID

/// Accepts a connection: non-blocking, and closed on exec.
static inline int host_accept(int socket) {
    return accept4(socket, NULL, NULL, 02000000 | 04000);
}

/// Makes a pipe whose both ends are closed on exec.
static inline int host_pipe(int ends[2]) {
    return pipe2(ends, O_CLOEXEC);
}

/// No core dump, and no other process of the user's looks into this one.
static inline int host_hide(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int madvise(void *, size_t, int);
extern const char __executable_start[], etext[];

/// Gives back the memory of this program's code. What is used again is mapped again, from the file or its cache.
static inline int host_unmap_code(void) {
    return madvise((void *)__executable_start, (size_t)(etext - __executable_start), 4 /* MADV_DONTNEED */);
}

/// A descriptor that becomes readable when the process ends, whoever's child it is.
static inline int host_process(pid_t pid) {
    return pidfd_open(pid, 0);
}

int renameat2(int, const char *, int, const char *, unsigned int);

/// Swaps two files in one step: both names exist throughout. -1 and errno on failure.
static inline int bedrock_rename_exchange(const char *from, const char *to) {
    return renameat2(-100 /* AT_FDCWD */, from, -100, to, 2 /* RENAME_EXCHANGE */);
}

/// Renames unless the new name is taken: then -1 and EEXIST.
static inline int bedrock_rename_noreplace(const char *from, const char *to) {
    return renameat2(-100, from, -100, to, 1 /* RENAME_NOREPLACE */);
}

// Declared only under _XOPEN_SOURCE, which Swift's view of the C library is made without.
int wcwidth(wchar_t);
