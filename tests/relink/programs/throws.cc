// SPDX-License-Identifier: MIT
// An exception passes through functions that call each other and use a thread-local variable; all that they hold is let go.
extern "C" int descend(int levels);
extern "C" int depth_now();

#ifdef LIBRARY
__attribute__((tls_model("global-dynamic"))) static thread_local int depth;

struct Held {
    Held() { depth++; }
    ~Held() { depth--; }
};

int depth_now() {
    return depth;
}

int descend(int levels) {
    Held held;
    if (levels == 0)
        throw depth_now();
    return descend(levels - 1) + depth_now();
}
#else
int main() {
    for (int turn = 0; turn < 100; turn++) {
        try {
            descend(20);
            return 1;
        } catch (int depth) {
            if (depth != 21 || depth_now() != 0)
                return 2;
        }
    }
    return 0;
}
#endif
