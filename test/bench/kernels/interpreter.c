// A jump table in a loop: many short blocks.
enum { PUSH, ADD, MULTIPLY, DUPLICATE, SWAP, LOAD, STORE, JUMP_IF, SUBTRACT, XOR, HALT };

static const unsigned char code[] = {LOAD, 0, LOAD, 1, ADD,  DUPLICATE, PUSH, 13,   MULTIPLY, XOR,     STORE, 1,
                                     LOAD, 0, PUSH, 1, SUBTRACT, DUPLICATE, STORE, 0, JUMP_IF, 0, HALT};

__attribute__((export_name("run"))) unsigned run(unsigned rounds) {
  unsigned stack[64], memory[4] = {rounds, 7, 0, 0}, pc = 0, sp = 0;
  for (;;) {
    switch (code[pc++]) {
      case PUSH: stack[sp++] = code[pc++]; break;
      case ADD: sp--, stack[sp - 1] += stack[sp]; break;
      case MULTIPLY: sp--, stack[sp - 1] *= stack[sp]; break;
      case DUPLICATE: stack[sp] = stack[sp - 1], sp++; break;
      case SWAP: {
        unsigned t = stack[sp - 1];
        stack[sp - 1] = stack[sp - 2], stack[sp - 2] = t;
        break;
      }
      case LOAD: stack[sp++] = memory[code[pc++] & 3]; break;
      case STORE: memory[code[pc++] & 3] = stack[--sp]; break;
      case JUMP_IF: pc = stack[--sp] ? code[pc] : pc + 1; break;
      case SUBTRACT: sp--, stack[sp - 1] -= stack[sp]; break;
      case XOR: sp--, stack[sp - 1] ^= stack[sp]; break;
      default: return memory[1];
    }
  }
}
