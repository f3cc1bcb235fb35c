<?php

declare(strict_types=1);

namespace DelChain;

/**
 * The program around a contract in the wasm tier. The host takes a snapshot of the interpreter when `ready` asks for
 * one; every call is a copy of it in which one of `call`, `construct` and `describe` runs (runtime/php/README.md).
 */
final class Guest
{
    public const READY = 0;
    public const CALL_FIELDS = 1;
    public const SOURCE = 2;
    public const RESULT = 3;
    public const STORAGE_GET = 4;
    public const STORAGE_PUT = 5;
    public const TRANSIENT_GET = 6;
    public const TRANSIENT_PUT = 7;
    public const LOG = 8;
    public const KECCAK256 = 9;
    public const BALANCE = 10;
    public const GAS_LEFT = 11;
    public const DEBUG = 12;
    public const CODE = 13;
    public const CODE_HASH = 14;
    public const CALL = 15;
    public const CALL_STATIC = 16;
    public const CALL_DELEGATE = 17;
    public const CREATE = 18;

    private const SUCCESS = "\0";
    private const REVERT = "\1";
    /** Read before the snapshot is taken, so that no call reads them. */
    private const USUAL_TYPES = ['address', 'bool', 'bytes', 'bytes32', 'int256', 'string', 'uint64', 'uint256'];

    private static int $ownClasses = 0;

    /** The bridge passes a string and its length, and gives one back. */
    public static function ask(int $operation, string $body): string
    {
        return \post_message_to_js(chr($operation) . $body);
    }

    /** After everything is loaded; never returns in the interpreter that asks. */
    public static function ready(): void
    {
        set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
            self::ask(self::DEBUG, "$message in " . Place::of($file, $line));
            return true;
        });
        array_map(AbiType::of(...), self::USUAL_TYPES);
        SourceCheck::refused(false);
        self::$ownClasses = count(get_declared_classes());
        self::ask(self::READY, "\0\xff" . PHP_VERSION);
    }

    public static function call(): void
    {
        self::finish(static function (Contract $contract, Host $host): string {
            $contract->prepare(substr($host->call->input, 0, 4));
            return $contract->run($host);
        });
    }

    /** Refuses, too, what a build would have refused. */
    public static function construct(): void
    {
        self::finish(static function (Contract $contract, Host $host, Source $source): string {
            $source->check();
            $contract->prepare();
            $contract->construct($host, $host->call->input);
            return '';
        });
    }

    /** The ABI as JSON, for tools. */
    public static function describe(): void
    {
        self::finish(static function (Contract $contract): string {
            $contract->prepare();
            return json_encode($contract->describe(), JSON_THROW_ON_ERROR);
        });
    }

    /** @param \Closure(Contract, Host, Source): string $run */
    private static function finish(\Closure $run): void
    {
        try {
            $host = new MessageHost(Call::decode(self::ask(self::CALL_FIELDS, '')));
            $source = new Source(self::ask(self::SOURCE, ''));
            $result = self::SUCCESS . $run(self::load($source), $host, $source);
        } catch (Revert $revert) {
            $result = self::REVERT . $revert->data;
        } catch (\Throwable $thrown) {
            $result = self::REVERT . Revert::ofThrown($thrown)->data;
        }
        self::ask(self::RESULT, $result);
    }

    /** Runs the contract's source, which declares one class that is a contract. */
    private static function load(Source $source): Contract
    {
        $source->load();
        foreach (array_reverse(array_slice(get_declared_classes(), self::$ownClasses)) as $class) {
            if (is_subclass_of($class, Contract::class) && !(new \ReflectionClass($class))->isAbstract()) {
                return new $class();
            }
        }
        throw Revert::because('the source declares no class that extends DelChain\Contract');
    }
}
