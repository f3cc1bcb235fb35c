import { extname } from "node:path";
import type { Cause } from "@delchain/runtime";

/** What a program calls when its result has a cause, in one language, and what to call instead. */
type CauseFunctions = { readonly called: RegExp; readonly instead?: string };

/** Languages by how their files end. */
const LANGUAGES: Readonly<Record<string, string>> = {
  ".c": "c",
  ".h": "c",
  ".java": "java",
  ".php": "php",
  ".py": "python",
  ".js": "node",
  ".mjs": "node",
  ".ts": "node",
};

/**
 * The table: for each cause and language the functions through which it comes into a program. It serves to find the
 * line, which is likely and not certain: a cause may come through a library.
 */
const FUNCTIONS: Readonly<Partial<Record<Cause, Readonly<Record<string, CauseFunctions>>>>> = {
  time: {
    c: {
      called: /\b(?:time|clock_gettime|gettimeofday|clock|times)\s*\(|rdtsc/,
      instead: "dc_block_time()",
    },
    java: {
      called:
        /\b(?:currentTimeMillis|nanoTime|Instant\.now|LocalDateTime\.now|new Date\(\)|Clock\.)/,
      instead: "Block.timestamp()",
    },
    php: {
      called:
        /\b(?:time|microtime|hrtime|date|gmdate|mktime|getdate|localtime|uniqid)(?:\s*\(|['"])|new DateTime/,
      instead: "Call::timestamp()",
    },
    python: {
      called: /\btime\.(?:time|time_ns|monotonic|perf_counter)|datetime\.(?:now|utcnow|today)/,
    },
    node: {
      called: /\bDate\.now|\bnew Date\(\s*\)|\bhrtime|\bperformance\.now/,
      instead: "host.blockTimestamp",
    },
  },
  zone: {
    c: {
      called: /\b(?:localtime|localtime_r|mktime|tzset|strftime)\s*\(|"TZ"/,
      instead: "gmtime_r()",
    },
    java: { called: /\bTimeZone\.getDefault|ZoneId\.systemDefault|LocalDateTime|new Date\b/ },
    php: { called: /\b(?:date|localtime|mktime|date_default_timezone_get)\s*\(|['"]TZ['"]/ },
    python: { called: /\btime\.(?:localtime|timezone|tzname|mktime)|astimezone|"TZ"/ },
    node: { called: /\bgetTimezoneOffset|toLocale(?:Date|Time)?String|getHours|"TZ"/ },
  },
  locale: {
    c: { called: /\b(?:setlocale|localeconv|nl_langinfo|strcoll)\s*\(|"(?:LC_ALL|LANG)"/ },
    java: { called: /\bLocale\.getDefault|toLowerCase\(\)|toUpperCase\(\)|String\.format/ },
    php: { called: /\b(?:setlocale|localeconv|strcoll)\s*\(|['"](?:LC_ALL|LANG)['"]/ },
    python: { called: /\blocale\.|["'](?:LC_ALL|LANG)["']/ },
    node: { called: /\btoLocale\w*\(|localeCompare\(|\bIntl\./ },
  },
  random: {
    c: {
      called: /\b(?:rand|random|getrandom|getentropy|arc4random|drand48)\s*\(|\/dev\/u?random/,
      instead: "dc_random_u256()",
    },
    java: { called: /\bRandom\(|\bMath\.random|randomUUID|ThreadLocalRandom/ },
    php: {
      called:
        /\b(?:rand|mt_rand|random_int|random_bytes|shuffle|array_rand|str_shuffle|lcg_value|uniqid)(?:\s*\(|['"])/,
      instead: "Host::random()",
    },
    python: {
      called: /\brandom\.|\bsecrets\.|os\.urandom|uuid\.|\bhash\(|\bset\(|=\s*\{[^:}]+,/,
      instead: "the call's seed; sort a set before it is walked",
    },
    node: {
      called: /\bMath\.random|randomBytes|randomUUID|randomInt|getRandomValues/,
      instead: "host.random()",
    },
  },
  hostname: {
    c: { called: /\b(?:gethostname|uname|gethostid)\s*\(/ },
    java: { called: /\bgetLocalHost|getHostName|"HOSTNAME"/ },
    php: { called: /\b(?:gethostname|php_uname)\s*\(|['"]HOSTNAME['"]/ },
    python: { called: /\bgethostname|os\.uname|platform\.|["']HOSTNAME["']/ },
    node: { called: /\bhostname\(|\bHOSTNAME\b/ },
  },
  pid: {
    c: { called: /\b(?:getpid|getppid|gettid|pthread_self)\s*\(/ },
    java: { called: /\bProcessHandle|\.pid\(\)|threadId\(\)|getId\(\)/ },
    php: { called: /\b(?:getmypid|posix_getpid|uniqid|lcg_value)\s*\(/ },
    python: { called: /\bos\.getp?pid|get_ident|get_native_id/ },
    node: { called: /\bprocess\.p?pid\b/ },
  },
  environmentOrder: {
    c: { called: /\benviron\b|\benvp\b/ },
    java: { called: /\bSystem\.getenv\(\)/ },
    php: { called: /\bgetenv\(\)|\$_ENV|\$_SERVER/ },
    python: { called: /\bos\.environ\b(?!\[|\.get)/ },
    node: { called: /\bprocess\.env\b(?!\.|\[)/ },
  },
  directoryOrder: {
    c: { called: /\b(?:readdir|getdents64?|scandir|nftw)\s*\(/ },
    java: { called: /\bFiles\.(?:list|walk|newDirectoryStream)|listFiles\(|\.list\(\)/ },
    php: { called: /\b(?:readdir|opendir|glob)\s*\(|DirectoryIterator/ },
    python: { called: /\bos\.(?:listdir|scandir|walk)|\bglob\.|iterdir\(/ },
    node: { called: /\breaddir(?:Sync)?\(|opendir(?:Sync)?\(/ },
  },
  cpuCount: {
    c: { called: /\b(?:sched_getaffinity|sysconf|get_nprocs(?:_conf)?|omp_get_\w+)\s*\(/ },
    java: { called: /\bavailableProcessors|parallel(?:Stream)?\(|ForkJoinPool/ },
    php: { called: /\/proc\/cpuinfo|nproc/ },
    python: { called: /\bcpu_count|sched_getaffinity/ },
    node: { called: /\bcpus\(|availableParallelism/ },
  },
  cpuFeatures: {
    c: {
      called:
        /\b(?:sin|cos|tan|a(?:sin|cos|tan2?)|exp2?|log(?:2|10)?|pow|sinh|cosh|tanh)f?\s*\(|\bfma\(|cpuid/,
      instead: "integers, such as u256",
    },
    java: { called: /\bMath\.(?:sin|cos|tan|exp|log|pow)/, instead: "StrictMath" },
    php: { called: /\b(?:sin|cos|tan|exp|log|pow)\s*\(|\*\*/, instead: "U256" },
    python: { called: /\bmath\.(?:sin|cos|tan|exp|log|pow)|\*\*/, instead: "int" },
    node: { called: /\bMath\.(?:sin|cos|tan|exp|log|pow)|\*\*/, instead: "bigint" },
  },
  memoryLayout: {
    c: { called: /\(\s*u?intptr_t\s*\)|%p\b|\(\s*(?:unsigned )?long\s*\)\s*&/ },
    java: { called: /\bidentityHashCode|\.hashCode\(\)|toString\(\)/ },
    php: { called: /\bspl_object_(?:id|hash)\s*\(/ },
    python: { called: /\bid\(|\bhash\(|\brepr\(/ },
    node: { called: /\bgetHeapStatistics|memoryUsage/ },
  },
  warmState: {
    c: { called: /^\s*static\b(?!.*\()|\b(?:fopen|open|creat)\s*\(|\/tmp\b/ },
    java: { called: /\bstatic\b(?!.*(?:final|class|\())/ },
    php: { called: /\bstatic \$|\bglobal \$|\$GLOBALS|file_put_contents|fopen|\/tmp\b/ },
    python: { called: /^\w+\s*=\s*(?:\[|\{|dict|list|set)|\bglobal\b|\bopen\(|\/tmp\b/ },
    node: { called: /^(?:export )?(?:let|var)\b|writeFile|\bglobalThis\b/ },
  },
  threadTiming: {
    c: { called: /\b(?:pthread_create|thrd_create|omp parallel)\b/ },
    java: { called: /\bnew Thread|ExecutorService|CompletableFuture|parallelStream|ForkJoinPool/ },
    python: { called: /\bthreading\.|ThreadPoolExecutor|multiprocessing/ },
    php: { called: /\bpcntl_fork|parallel\\|proc_open/ },
    node: { called: /\bnew Worker|Promise\.race|setTimeout|setImmediate/ },
  },
  network: {
    c: { called: /\b(?:socket|connect|getaddrinfo|gethostbyname)\s*\(/ },
    java: { called: /\bSocket\(|URLConnection|HttpClient|InetAddress/ },
    php: {
      called: /\b(?:curl_\w+|fsockopen|stream_socket_client|file_get_contents|gethostbyname)\s*\(/,
    },
    python: { called: /\bsocket\.|urllib|requests\.|http\.client/ },
    node: { called: /\bfetch\(|node:(?:net|http|https|dns|dgram)/ },
  },
};

/** What to look for in a file; `undefined` where the language or the cause is not in the table. */
export function causeFunctions(cause: string, file: string): CauseFunctions | undefined {
  const language = LANGUAGES[extname(file).toLowerCase()];
  return language === undefined ? undefined : FUNCTIONS[cause as Cause]?.[language];
}
