/* A piece of cable that delays, loses and spoils frames: two TAP devices, and what comes in on one goes out on the other.
 *
 *   relay NAME_A NAME_B up KEY=VALUE ... down KEY=VALUE ...
 *
 * "up" is from A to B. It prints "ready" when both devices are there, and runs until it is ended.
 * Frames by which hosts find each other (ARP, IPv6 neighbour discovery, what goes to all) are delayed, never lost: else the
 * hosts at both ends would speak up about a neighbour that is gone, where all that is wrong is the cable.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { ETHERNET = 14, LARGEST = 2048, WAITING = 20000, AT_ONCE = 64 };

struct frame {
    int64_t due_ns;
    uint64_t number;
    int length;
    unsigned char bytes[LARGEST];
};

struct direction {
    int from, to;
    double delay_ms, jitter_ms;
    double loss, burst, burst_end, duplicate, corrupt; /* percent */
    int mtu;
    bool reorder, drop;
    bool in_burst;
    int64_t last_due_ns;
    uint64_t random, number;
    int waiting;
    struct frame *heap[WAITING]; /* ordered by due time, then by number */
    struct frame *spare[WAITING];
    int spares;
};

static struct direction ways[2];

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Between 0 and 1 (xorshift64*). */
static double chance(struct direction *way) {
    way->random ^= way->random >> 12;
    way->random ^= way->random << 25;
    way->random ^= way->random >> 27;
    return (double)((way->random * UINT64_C(0x2545F4914F6CDD1D)) >> 11) / 9007199254740992.0;
}

static bool happens(struct direction *way, double percent) {
    return percent > 0 && chance(way) * 100 < percent;
}

static bool before(const struct frame *one, const struct frame *other) {
    return one->due_ns != other->due_ns ? one->due_ns < other->due_ns : one->number < other->number;
}

static void push(struct direction *way, struct frame *frame) {
    int at = way->waiting++;
    for (int parent = (at - 1) / 2; at > 0 && before(frame, way->heap[parent]); parent = (at - 1) / 2) {
        way->heap[at] = way->heap[parent];
        at = parent;
    }
    way->heap[at] = frame;
}

static struct frame *pop(struct direction *way) {
    struct frame *first = way->heap[0], *last = way->heap[--way->waiting];
    int at = 0;
    for (int child = 1; child < way->waiting; child = 2 * at + 1) {
        if (child + 1 < way->waiting && before(way->heap[child + 1], way->heap[child])) {
            child++;
        }
        if (!before(way->heap[child], last)) {
            break;
        }
        way->heap[at] = way->heap[child];
        at = child;
    }
    way->heap[at] = last;
    return first;
}

static bool finds_neighbours(const struct frame *frame) {
    int kind = frame->bytes[12] << 8 | frame->bytes[13];
    bool to_all = frame->bytes[0] & 1;
    if (kind == 0x0806 || to_all) {
        return true;
    }
    bool icmp6 = kind == 0x86DD && frame->length > 54 && frame->bytes[20] == 58;
    return icmp6 && frame->bytes[54] >= 133 && frame->bytes[54] <= 136;
}

/* Gilbert and Elliott: while a burst lasts, everything is lost. */
static bool burst_takes(struct direction *way) {
    way->in_burst = way->in_burst ? !happens(way, way->burst_end) : happens(way, way->burst);
    return way->in_burst;
}

static bool lost(struct direction *way, const struct frame *frame) {
    if (finds_neighbours(frame)) {
        return false;
    }
    bool too_long = way->mtu && frame->length - ETHERNET > way->mtu;
    return way->drop || too_long || burst_takes(way) || happens(way, way->loss);
}

static void spoil(struct direction *way, struct frame *frame) {
    int first = ETHERNET + (frame->bytes[12] == 0x86 ? 40 : 20); /* behind the addresses: it arrives, and its sum is wrong */
    if (frame->length > first && !finds_neighbours(frame) && happens(way, way->corrupt)) {
        int bit = (int)(chance(way) * 8 * (frame->length - first));
        frame->bytes[first + bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
}

static int64_t due(struct direction *way) {
    double late_ms = way->delay_ms + way->jitter_ms * chance(way);
    int64_t at = now_ns() + (int64_t)(late_ms * 1e6);
    if (!way->reorder && at < way->last_due_ns) {
        at = way->last_due_ns;
    }
    way->last_due_ns = at;
    return at;
}

static struct frame *unused(struct direction *way) {
    return way->spares ? way->spare[--way->spares] : malloc(sizeof(struct frame));
}

static void put_back(struct direction *way, struct frame *frame) {
    if (way->spares < WAITING) {
        way->spare[way->spares++] = frame;
    } else {
        free(frame);
    }
}

static void hold(struct direction *way, struct frame *frame) {
    frame->due_ns = due(way);
    frame->number = way->number++;
    push(way, frame);
}

static void take_in(struct direction *way) {
    for (int count = 0; count < AT_ONCE; count++) {
        struct frame *frame = unused(way);
        frame->length = (int)read(way->from, frame->bytes, LARGEST);
        bool nothing = frame->length < ETHERNET;
        if (nothing || way->waiting + 2 > WAITING || lost(way, frame)) {
            put_back(way, frame);
            if (nothing) {
                return;
            }
            continue;
        }
        spoil(way, frame);
        if (happens(way, way->duplicate)) {
            struct frame *twin = unused(way);
            memcpy(twin, frame, sizeof *twin);
            hold(way, twin);
        }
        hold(way, frame);
    }
}

static void give_out(struct direction *way) {
    while (way->waiting && way->heap[0]->due_ns <= now_ns()) {
        struct frame *frame = pop(way);
        if (write(way->to, frame->bytes, (size_t)frame->length) < 0 && errno == EBADFD) {
            exit(1); /* the device is gone, and the host with it */
        }
        put_back(way, frame);
    }
}

static int open_tap(const char *name) {
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (device < 0 || ioctl(device, TUNSETIFF, &request) < 0) {
        perror(name);
        exit(1);
    }
    return device;
}

static void set(struct direction *way, const char *word) {
    struct { const char *key; double *number; } numbers[] = {
        {"delay_ms", &way->delay_ms}, {"jitter_ms", &way->jitter_ms}, {"loss_percent", &way->loss},
        {"burst_percent", &way->burst}, {"burst_end_percent", &way->burst_end},
        {"duplicate_percent", &way->duplicate}, {"corrupt_percent", &way->corrupt},
    };
    const char *equals = strchr(word, '=');
    size_t length = equals ? (size_t)(equals - word) : 0;
    double value = equals ? atof(equals + 1) : 0;
    for (size_t each = 0; each < sizeof numbers / sizeof *numbers; each++) {
        if (strlen(numbers[each].key) == length && !strncmp(numbers[each].key, word, length)) {
            *numbers[each].number = value;
            return;
        }
    }
    if (!strncmp(word, "mtu=", 4)) {
        way->mtu = (int)value;
    } else if (!strncmp(word, "reorder=", 8)) {
        way->reorder = value != 0;
    } else if (!strncmp(word, "drop=", 5)) {
        way->drop = value != 0;
    } else {
        fprintf(stderr, "unknown: %s\n", word);
        exit(2);
    }
}

static void configure(int count, char **words) {
    struct direction *way = NULL;
    for (int each = 0; each < 2; each++) {
        if (getrandom(&ways[each].random, sizeof ways[each].random, 0) < 0 || !ways[each].random) {
            ways[each].random = 88172645463325252u;
        }
    }
    for (int each = 0; each < count; each++) {
        if (!strcmp(words[each], "up")) {
            way = &ways[0];
        } else if (!strcmp(words[each], "down")) {
            way = &ways[1];
        } else if (way) {
            set(way, words[each]);
        }
    }
}

static void wait_for_work(void) {
    struct pollfd devices[2] = {{.fd = ways[0].from, .events = POLLIN}, {.fd = ways[1].from, .events = POLLIN}};
    int64_t next = INT64_MAX;
    for (int each = 0; each < 2; each++) {
        if (ways[each].waiting && ways[each].heap[0]->due_ns < next) {
            next = ways[each].heap[0]->due_ns;
        }
    }
    int64_t left = next == INT64_MAX ? 0 : next - now_ns();
    left = left < 0 ? 0 : left;
    struct timespec limit = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
    ppoll(devices, 2, next == INT64_MAX ? NULL : &limit, NULL);
}

int main(int count, char **words) {
    if (count < 3) {
        fprintf(stderr, "relay NAME_A NAME_B up KEY=VALUE ... down KEY=VALUE ...\n");
        return 2;
    }
    int a = open_tap(words[1]), b = open_tap(words[2]);
    ways[0].from = ways[1].to = a;
    ways[0].to = ways[1].from = b;
    configure(count - 3, words + 3);
    prctl(PR_SET_TIMERSLACK, 1);
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        wait_for_work();
        for (int each = 0; each < 2; each++) {
            take_in(&ways[each]);
            give_out(&ways[each]);
        }
    }
}
