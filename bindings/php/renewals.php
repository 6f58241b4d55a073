<?php
declare(strict_types=1);

namespace BedrockToken;

require __DIR__ . '/bedrock_token.php';

// The provider's clock stands still: in this namespace, time() is this function.
function time(): int
{
    return $GLOBALS['now'];
}

function answer(Provider $provider): string
{
    try {
        return (string) inspect($provider->token())['issued_at'];
    } catch (Error $error) {
        return "status {$error->getCode()}";
    } catch (\RuntimeException $raised) {
        return $raised->getMessage();
    }
}

/** Runs them by turns, as an event loop does. */
function together(Provider $provider, int $count): array
{
    $fibers = array_map(fn () => new \Fiber(fn () => answer($provider)), range(1, $count));
    foreach ($fibers as $fiber) {
        $fiber->start();
    }
    foreach ($fibers as $fiber) {
        while (!$fiber->isTerminated()) {
            $fiber->resume();
        }
    }
    return array_map(fn ($fiber) => $fiber->getReturn(), $fibers);
}

$now = 0;
$provider = null;
$source = null;
while (($line = fgets(STDIN)) !== false) {
    [$step, $time, $end] = explode("\t", rtrim($line, "\n")) + [1 => $now, 2 => ''];
    $now = (int) $time;
    $asked = 0;
    $inside = null;
    $source = function () use ($step, $end, &$provider, &$asked, &$inside): ?Credentials {
        $asked++;
        if ($step === 'reenter') {
            $inside = answer($provider);
        }
        if ($step === 'together') {
            \Fiber::suspend();
        }
        return match ($end) {
            'raise' => throw new \RuntimeException('raised'),
            'nothing' => null,
            default => new Credentials('AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', expiresAt: $end === '0' ? null : (int) $end),
        };
    };
    switch ($step) {
        case 'new':
            $provider = new Provider('eu-central-1', function () use (&$source) { return $source(); });
            $answers = [];
            break;
        case 'invalidate':
            $provider->invalidate();
            $answers = [];
            break;
        case 'get':
            $answers = [answer($provider)];
            break;
        case 'reenter':
            $answers = [answer($provider), &$inside];
            break;
        case 'together':
            $answers = array_unique(together($provider, 8));
            break;
        case 'show':
            $answers = array_map(fn ($object) => preg_replace('/\s+/', ' ', print_r($object, true)), [$provider, $source()]);
            break;
    }
    echo implode("\t", [$asked, ...$answers]), "\n";
}
