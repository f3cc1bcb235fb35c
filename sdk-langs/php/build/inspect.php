<?php

declare(strict_types=1);

use DelChain\Guest;
use DelChain\SourceCheck;

/*
 * What a build must know of files of PHP, as JSON, for each: the syntax error if there is one, which classes it declares,
 * which it may name, which it needs and PHP does not have, and which calls a contract may not make. They come in place of a contract's source: the tier, then
 * the files, with zero bytes between them. None of their code runs.
 */

// Tokens take much memory, and a tool's run is no contract's.
ini_set('memory_limit', '-1');

$inspect = static function (string $code, bool $isContainer): array {
    $answer = ['declared' => [], 'named' => [], 'unknown' => [], 'refused' => [], 'error' => null];
    try {
        $tokens = PhpToken::tokenize($code, TOKEN_PARSE);
    } catch (ParseError $error) {
        $answer['error'] = ['line' => $error->getLine(), 'message' => $error->getMessage()];
        return $answer;
    }
    // The tag stays, so that every other token has one before it.
    $means = fn (PhpToken $token): bool => !$token->isIgnorable() || $token->is(T_OPEN_TAG);
    $tokens = array_values(array_filter($tokens, $means));
    $isName = fn (?PhpToken $token): bool => $token?->is([T_STRING, T_NAME_QUALIFIED, T_NAME_FULLY_QUALIFIED, T_NAME_RELATIVE]) ?? false;
    $namespace = '';
    /** What imports call things, in lower case. */
    $imports = [];
    $depth = 0;
    $classDepth = null;
    $resolve = static function (string $name) use (&$namespace, &$imports): string {
        if ($name[0] === '\\') {
            return substr($name, 1);
        }
        $parts = explode('\\', $name);
        $first = strtolower($parts[0]);
        if ($first === 'namespace') {
            $parts[0] = $namespace;
            return ltrim(implode('\\', $parts), '\\');
        }
        $parts[0] = $imports[$first] ?? ($namespace === '' ? $parts[0] : "$namespace\\$parts[0]");
        return implode('\\', $parts);
    };
    for ($i = 1; $i < count($tokens); $i++) {
        $token = $tokens[$i];
        $before = $tokens[$i - 1];
        $next = $tokens[$i + 1] ?? null;
        if (in_array($token->text, ['{', '${'], true) || $token->is([T_CURLY_OPEN, T_DOLLAR_OPEN_CURLY_BRACES])) {
            $depth++;
        } elseif ($token->text === '}' && --$depth === $classDepth) {
            $classDepth = null;
        } elseif ($token->is(T_NAMESPACE) && !$next?->is(T_NS_SEPARATOR)) {
            $namespace = $isName($next) ? $next->text : '';
            $imports = [];
            $i += $isName($next) ? 1 : 0;
        } elseif ($token->is(T_USE) && $classDepth === null && $before->text !== ')') {
            // `use A\B as C, D;`, `use A\{B, C as D};`: functions and constants bring no classes.
            $isClass = !$next?->is([T_FUNCTION, T_CONST]);
            $prefix = '';
            for ($i++; $tokens[$i]->text !== ';'; $i++) {
                if ($isName($tokens[$i]) && !$tokens[$i - 1]->is(T_AS)) {
                    $full = ltrim($prefix . $tokens[$i]->text, '\\');
                    if ($tokens[$i + 1]->is(T_NS_SEPARATOR)) {
                        $prefix = "$full\\";
                        continue;
                    }
                    $alias = $tokens[$i + 1]->is(T_AS) ? $tokens[$i + 2]->text : substr("\\$full", strrpos("\\$full", '\\') + 1);
                    if ($isClass) {
                        $imports[strtolower($alias)] = $full;
                    }
                }
            }
        } elseif ($token->is([T_CLASS, T_INTERFACE, T_TRAIT, T_ENUM]) && $next?->is(T_STRING) && !$before->is(T_DOUBLE_COLON)) {
            $answer['declared'][] = ltrim("$namespace\\{$next->text}", '\\');
            $classDepth ??= $depth;
            $i++;
        } elseif ($isName($token) && !$before->is([T_OBJECT_OPERATOR, T_NULLSAFE_OBJECT_OPERATOR, T_DOUBLE_COLON, T_FUNCTION, T_CONST])) {
            $name = $resolve($token->text);
            $answer['named'][$name] = true;
            $isNeeded = $before->is([T_NEW, T_EXTENDS, T_INSTANCEOF]) || $next?->is(T_DOUBLE_COLON);
            $isOwn = in_array(strtolower($token->text), ['self', 'static', 'parent'], true);
            if ($isNeeded && !$isOwn && !class_exists($name, false) && !interface_exists($name, false)) {
                $answer['unknown'][] = ['offset' => $token->pos, 'name' => $name];
            }
        }
    }
    $answer['named'] = array_map(strval(...), array_keys($answer['named']));
    $answer['refused'] = SourceCheck::find($code, $isContainer);
    return $answer;
};

$files = explode("\0", Guest::ask(Guest::SOURCE, ''));
$isContainer = array_shift($files) === 'container';
$answers = array_map(fn (string $code): array => $inspect($code, $isContainer), $files);
Guest::ask(Guest::RESULT, "\0" . json_encode($answers, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE));
