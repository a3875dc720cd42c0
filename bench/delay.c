/* Delays packets that a host forwards: it holds the numbers of packets that wait in the kernel's NFQUEUE, never the packets.
 *
 *   delay QUEUE DELAY_US JITTER_US [QUEUE DELAY_US JITTER_US ...]
 *
 * Prints "ready" when all queues are bound. A line "QUEUE DELAY_US" on its input sets another delay for what comes from then on;
 * the end of its input ends it, and what still waits is lost. Jitter is even between 0 and JITTER_US. Order is kept, as a line
 * keeps it: a packet is never let go before the one ahead of it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { QUEUES = 4, WAITING = 1 << 18, AT_ONCE = 64, MESSAGE = 512, KERNEL_BUFFER = 64 << 20 };

struct waiting {
    int64_t due_ns;
    uint32_t id; /* as it came, in network order */
};

struct queue {
    int number, netlink;
    int64_t delay_ns, jitter_ns, last_due_ns;
    uint64_t random;
    uint32_t first, end; /* of the ring */
    struct waiting ring[WAITING];
};

static struct queue queues[QUEUES];
static int count;

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

/* Between 0 and 1 (xorshift64*). */
static double chance(struct queue *queue) {
    queue->random ^= queue->random >> 12;
    queue->random ^= queue->random << 25;
    queue->random ^= queue->random >> 27;
    return (double)((queue->random * UINT64_C(0x2545F4914F6CDD1D)) >> 11) / 9007199254740992.0;
}

struct attributes {
    size_t length;
    unsigned char bytes[64] __attribute__((aligned(NLA_ALIGNTO)));
};

static void add(struct attributes *all, int kind, const void *value, size_t length) {
    struct nlattr head = {.nla_len = (uint16_t)(NLA_HDRLEN + length), .nla_type = (uint16_t)kind};
    memcpy(all->bytes + all->length, &head, sizeof head);
    memcpy(all->bytes + all->length + NLA_HDRLEN, value, length);
    all->length += NLA_HDRLEN + NLA_ALIGN(length);
}

static void tell(struct queue *queue, int kind, const struct attributes *attributes, bool wants_answer) {
    struct {
        struct nlmsghdr head;
        struct nfgenmsg about;
        unsigned char attributes[sizeof attributes->bytes];
    } message = {
        .head = {
            .nlmsg_len = (uint32_t)(offsetof(__typeof__(message), attributes) + attributes->length),
            .nlmsg_type = (uint16_t)(NFNL_SUBSYS_QUEUE << 8 | kind),
            .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | (wants_answer ? NLM_F_ACK : 0)),
        },
        .about = {.nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0, .res_id = htons((uint16_t)queue->number)},
    };
    memcpy(message.attributes, attributes->bytes, attributes->length);
    if (send(queue->netlink, &message, message.head.nlmsg_len, 0) < 0) {
        fail("netlink");
    }
}

static void configure(struct queue *queue, const struct attributes *attributes) {
    struct {
        struct nlmsghdr head;
        struct nlmsgerr error;
        unsigned char rest[256];
    } answer;
    tell(queue, NFQNL_MSG_CONFIG, attributes, true);
    if (recv(queue->netlink, &answer, sizeof answer, 0) < 0) {
        fail("netlink");
    }
    if (answer.head.nlmsg_type == NLMSG_ERROR && answer.error.error) {
        errno = -answer.error.error;
        fail("NFQUEUE");
    }
}

static void bind_queue(struct queue *queue) {
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    struct nfqnl_msg_config_cmd bind_command = {.command = NFQNL_CFG_CMD_BIND};
    struct nfqnl_msg_config_params no_contents = {.copy_mode = NFQNL_COPY_META};
    uint32_t most = htonl(WAITING - 1);
    uint32_t whole = htonl(NFQA_CFG_F_GSO); /* packets that are not yet cut are not cut for us either */
    int yes = 1, size = KERNEL_BUFFER;
    queue->netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
    if (queue->netlink < 0 || connect(queue->netlink, (struct sockaddr *)&kernel, sizeof kernel) < 0) {
        fail("netlink");
    }
    setsockopt(queue->netlink, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    setsockopt(queue->netlink, SOL_NETLINK, NETLINK_NO_ENOBUFS, &yes, sizeof yes);
    struct attributes binding = {0}, settings = {0};
    add(&binding, NFQA_CFG_CMD, &bind_command, sizeof bind_command);
    configure(queue, &binding);
    add(&settings, NFQA_CFG_PARAMS, &no_contents, sizeof no_contents);
    add(&settings, NFQA_CFG_QUEUE_MAXLEN, &most, sizeof most);
    add(&settings, NFQA_CFG_FLAGS, &whole, sizeof whole);
    add(&settings, NFQA_CFG_MASK, &whole, sizeof whole);
    configure(queue, &settings);
}

static int64_t due(struct queue *queue, int64_t now) {
    int64_t at = now + queue->delay_ns;
    if (queue->jitter_ns) {
        at += (int64_t)((double)queue->jitter_ns * chance(queue));
    }
    queue->last_due_ns = at < queue->last_due_ns ? queue->last_due_ns : at;
    return queue->last_due_ns;
}

static void hold(struct queue *queue, const struct nlmsghdr *head, int64_t now) {
    const struct nlattr *attribute = (const void *)((const char *)(head + 1) + sizeof(struct nfgenmsg));
    if ((head->nlmsg_type & 255) != NFQNL_MSG_PACKET || attribute->nla_type != NFQA_PACKET_HDR) {
        return; /* the kernel puts this attribute first */
    }
    const struct nfqnl_msg_packet_hdr *packet = (const void *)(attribute + 1);
    struct waiting *slot = &queue->ring[queue->end++ % WAITING];
    memcpy(&slot->id, &packet->packet_id, sizeof slot->id);
    slot->due_ns = due(queue, now);
}

static void take_in(struct queue *queue) {
    static unsigned char bytes[AT_ONCE][MESSAGE] __attribute__((aligned(8)));
    static struct mmsghdr messages[AT_ONCE];
    static struct iovec places[AT_ONCE];
    int got = AT_ONCE;
    while (got == AT_ONCE) {
        for (int each = 0; each < AT_ONCE; each++) {
            places[each] = (struct iovec){bytes[each], MESSAGE};
            messages[each].msg_hdr = (struct msghdr){.msg_iov = &places[each], .msg_iovlen = 1};
        }
        got = recvmmsg(queue->netlink, messages, AT_ONCE, MSG_DONTWAIT, NULL);
        int64_t now = now_ns();
        for (int each = 0; each < got; each++) {
            hold(queue, (const void *)bytes[each], now);
        }
    }
}

/* All that are due are let go by one message: the kernel takes the number of the last of them. */
static void give_out(struct queue *queue) {
    int64_t now = now_ns();
    uint32_t was = queue->first;
    while (queue->first != queue->end && queue->ring[queue->first % WAITING].due_ns <= now) {
        queue->first++;
    }
    if (queue->first != was) {
        struct nfqnl_msg_verdict_hdr accept = {htonl(NF_ACCEPT), queue->ring[(queue->first - 1) % WAITING].id};
        struct attributes verdict = {0};
        add(&verdict, NFQA_VERDICT_HDR, &accept, sizeof accept);
        tell(queue, NFQNL_MSG_VERDICT_BATCH, &verdict, false);
    }
}

static void listen_to_orders(void) {
    char line[200];
    int number;
    double delay_us;
    ssize_t length = read(STDIN_FILENO, line, sizeof line - 1);
    if (length <= 0) {
        exit(0);
    }
    line[length] = 0;
    if (sscanf(line, "%d %lf", &number, &delay_us) == 2) {
        for (int each = 0; each < count; each++) {
            if (queues[each].number == number) {
                queues[each].delay_ns = (int64_t)(delay_us * 1000);
            }
        }
    }
}

static void wait_for_work(void) {
    struct pollfd files[QUEUES + 1];
    int64_t next = INT64_MAX;
    for (int each = 0; each < count; each++) {
        struct queue *queue = &queues[each];
        files[each] = (struct pollfd){.fd = queue->netlink, .events = POLLIN};
        if (queue->first != queue->end && queue->ring[queue->first % WAITING].due_ns < next) {
            next = queue->ring[queue->first % WAITING].due_ns;
        }
    }
    files[count] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    int64_t left = next == INT64_MAX ? 0 : next - now_ns();
    left = left < 0 ? 0 : left;
    struct timespec limit = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
    if (ppoll(files, (nfds_t)count + 1, next == INT64_MAX ? NULL : &limit, NULL) > 0 && files[count].revents) {
        listen_to_orders();
    }
}

int main(int words, char **word) {
    if (words < 4 || (words - 1) % 3 || (words - 1) / 3 > QUEUES) {
        fprintf(stderr, "delay QUEUE DELAY_US JITTER_US ...\n");
        return 2;
    }
    for (int at = 1; at < words; at += 3) {
        struct queue *queue = &queues[count++];
        queue->number = atoi(word[at]);
        queue->delay_ns = (int64_t)(atof(word[at + 1]) * 1000);
        queue->jitter_ns = (int64_t)(atof(word[at + 2]) * 1000);
        queue->random = (uint64_t)now_ns() | 1;
        bind_queue(queue);
    }
    prctl(PR_SET_TIMERSLACK, 1);
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        wait_for_work();
        for (int each = 0; each < count; each++) {
            take_in(&queues[each]);
            give_out(&queues[each]);
        }
    }
}
