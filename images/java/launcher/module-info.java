/** What runs Java contracts in a container: frames, a class loader for each call, and what a contract may use. */
module delchain.launcher {
    exports org.delchain.container;
}
