# Bearer tokens for Amazon Bedrock and Claude Platform on AWS, in Perl, with FFI::Platypus (Debian:
# libffi-platypus-perl).
package BedrockToken;
use strict;
use warnings;
use FFI::Platypus 2.00;
use FFI::Platypus::Buffer qw(scalar_to_buffer);
use List::Util qw(first min);

# Its status says which argument is at fault, and so does its message; neither shows a value.
package BedrockToken::Error {
    use overload '""' => sub { $_[0]->message }, fallback => 1;
    sub status  { $_[0]->{status} }
    sub message { BedrockToken::status_message($_[0]->{status}) }
}

our @SERVICES = ('bedrock', 'claude-platform');

my $file = { MSWin32 => 'bedrock_token.dll', darwin => 'libbedrock_token.0.dylib' }->{$^O} // 'libbedrock_token.so.0';
my $ffi = FFI::Platypus->new(api => 2, lib => $file);
$ffi->find_symbol('bedrock_token_version')
    or die "cannot load $file: install bedrock-token, or add the folder of this file to LD_LIBRARY_PATH"
    . " (macOS: DYLD_LIBRARY_PATH, Windows: PATH)\n";
$ffi->mangler(sub { "bedrock_token_$_[0]" });

sub check {
    my ($status) = @_;
    die bless { status => $status }, 'BedrockToken::Error' if $status != 0;
}

$ffi->attach(status_message => ['sint32'] => 'string');

# C would end the string at a NUL inside. "\x7f" is refused.
sub _text { map { defined && /\0/ ? "\x7f" : $_ } @_ }

# Platypus would cut a number of more than 32 bits. 0 is refused.
sub _life { my ($expires) = @_; return $expires < 0 || $expires > 0xFFFF_FFFF ? 0 : $expires }

# A token that is valid from now on: generate($access_key, $secret, $session, $region, %options). The
# session token is undef with long-term credentials. Options: expires (seconds), service ('bedrock' or
# 'claude-platform'), at (Unix seconds, instead of now).
$ffi->attach([generate_into => 'generate'] =>
    [qw(sint32 string string string string uint32 sint64 opaque size_t size_t*)] => 'sint32', sub {
    my ($native, $access_key, $secret, $session, $region, %options) = @_;
    my $name = $options{service} // 'bedrock';
    my $service = first { $SERVICES[$_] eq $name } 0 .. $#SERVICES;
    # No token is longer: 4 bytes for each of a percent-encoded session token, less than 1 KiB else.
    my $buffer = "\0" x (1024 + 4 * min(length $session // 0, 65536));
    check($native->($service // -1, _text($access_key, $secret, $session, $region),
        _life($options{expires} // 43200), $options{at} // time, scalar_to_buffer($buffer), undef));
    return unpack 'Z*', $buffer;
});

$ffi->attach(inspect => [qw(string opaque size_t)] => 'sint32', sub {
    my ($native, $token) = @_;
    my $bytes = "\0" x 224; # a bedrock_token_info
    check($native->(_text($token), scalar_to_buffer($bytes)));
    my %info;
    @info{qw(access_key region issued_at expires_at has_session service)} = unpack 'Z129 Z64 x![8] q2 l2', $bytes;
    return { %info, service => $SERVICES[$info{service}] };
});

# When to use, renew and give up a token that you keep: schedule($issued_at, $expires, $credentials_expire_at)
# has valid_from, renew_at, wait_from and expires_at. All are Unix seconds. The credentials do not end if
# there is no $credentials_expire_at.
$ffi->attach(schedule => [qw(sint64 uint32 sint64 opaque size_t)] => 'sint32', sub {
    my ($native, $issued_at, $expires, $credentials_expire_at) = @_;
    my $bytes = "\0" x 32; # a bedrock_token_times
    check($native->($issued_at, _life($expires // 43200), $credentials_expire_at // 0, scalar_to_buffer($bytes)));
    my %times;
    @times{qw(valid_from renew_at wait_from expires_at)} = unpack 'q4', $bytes;
    return \%times;
});

# When to ask for credentials again, after a renewal failed: retry_at($now, $expires_at).
$ffi->attach(retry_at => [qw(sint64 sint64)] => 'sint64');

1;
