# bedrock-token 0.1.0: bearer tokens for Amazon Bedrock and Claude Platform on AWS. Apache-2.0.
# https://github.com/bedrock-token/bedrock-token
# For Perl, with FFI::Platypus 2.00 and newer (Debian: libffi-platypus-perl).
package BedrockToken;
use strict;
use warnings;
use Carp qw(croak shortmess);
use FFI::Platypus 2.00;
use FFI::Platypus::Buffer qw(scalar_to_buffer);
use FFI::Platypus::DL;
use List::Util qw(first min);
use Scalar::Util qw(looks_like_number);

our $VERSION = '0.1.0';
our @SERVICES = ('bedrock', 'claude-platform');

# Its status says which argument is at fault, and so does its message; neither shows a value. As text it
# also says where the call was.
package BedrockToken::Error {
    use overload '""' => sub { "$_[0]{message}$_[0]{where}" }, fallback => 1;
    sub status  { $_[0]{status} }
    sub message { $_[0]{message} }
}

my $file = { MSWin32 => 'bedrock_token.dll', darwin => 'libbedrock_token.0.dylib' }->{$^O} // 'libbedrock_token.so.0';
if (!dlopen($file, RTLD_PLATYPUS_DEFAULT)) {
    my $reason = dlerror();
    $reason .= ": install bedrock-token, or add the folder of this file to LD_LIBRARY_PATH"
        . " (macOS: DYLD_LIBRARY_PATH, Windows: PATH)" if $reason =~ /no such file|not be found/i;
    croak "cannot load $reason";
}
my $ffi = FFI::Platypus->new(api => 2, lib => $file);
$ffi->mangler(sub { "bedrock_token_$_[0]" });
$ffi->attach([generate_into => '_generate'] =>
    [qw(sint32 string string string string uint32 sint64 opaque size_t size_t*)] => 'sint32');
$ffi->attach([inspect => '_inspect'] => [qw(string opaque size_t)] => 'sint32');
$ffi->attach([schedule => '_schedule'] => [qw(sint64 uint32 sint64 opaque size_t)] => 'sint32');
$ffi->attach([status_message => '_message'] => ['sint32'] => 'string');

sub _check {
    my ($status) = @_;
    my $error = { status => $status, message => _message($status), where => shortmess('') };
    die bless $error, 'BedrockToken::Error' if $status != 0;
}

# C would end the string at a NUL inside. "\x7f" is refused.
sub _text { map { defined && /\0/ ? "\x7f" : $_ } @_ }

# Platypus would cut a number of more than 32 bits. 0 is refused.
sub _life { my ($expires) = @_; return $expires =~ /\A[0-9]{1,9}\z/ ? $expires : 0 }

# Unix seconds. -1 is refused.
sub _time { my ($time) = @_; return looks_like_number($time) && abs $time < 2 ** 62 ? int $time : -1 }

# A token that is valid from now on: generate($access_key, $secret, $session, $region, %options). The
# session token is undef with long-term credentials. Options: expires (seconds), service ('bedrock' or
# 'claude-platform'), at (Unix seconds, instead of now).
sub generate {
    croak 'generate: access key, secret, session token, region, then options' if @_ < 4 || @_ % 2;
    my ($access_key, $secret, $session, $region, %options) = splice @_; # so that no trace shows them
    my $name = delete $options{service} // 'bedrock';
    my $expires = delete $options{expires} // 43200;
    my $time = delete $options{at} // time;
    croak join ', ', 'generate: unknown options', sort keys %options if %options;
    my $service = first { $SERVICES[$_] eq $name } 0 .. $#SERVICES;
    # No token is longer: 4 bytes for each of a percent-encoded session token, less than 1 KiB else.
    my $buffer = "\0" x (1024 + 4 * min(length $session // 0, 65536));
    _check(_generate($service // -1, _text($access_key, $secret, $session, $region), _life($expires), _time($time),
        scalar_to_buffer($buffer), undef));
    return unpack 'Z*', $buffer;
}

sub inspect {
    my ($token) = splice @_;
    my $bytes = "\0" x 224; # a bedrock_token_info
    _check(_inspect(_text($token), scalar_to_buffer($bytes)));
    my %info;
    @info{qw(access_key region issued_at expires_at has_session service)} = unpack 'Z129 Z64 x![8] q2 l2', $bytes;
    return { %info, service => $SERVICES[$info{service}] };
}

# When to use, renew and give up a token that you keep: schedule($issued_at, $expires, $credentials_expire_at)
# has valid_from, renew_at, wait_from and expires_at. All are Unix seconds. The credentials do not end if
# there is no $credentials_expire_at.
sub schedule {
    my ($issued_at, $expires, $credentials_expire_at) = @_;
    my $bytes = "\0" x 32; # a bedrock_token_times
    _check(_schedule(_time($issued_at), _life($expires // 43200), _time($credentials_expire_at // 0),
        scalar_to_buffer($bytes)));
    my %times;
    @times{qw(valid_from renew_at wait_from expires_at)} = unpack 'q4', $bytes;
    return \%times;
}

# When to ask for credentials again, after a renewal failed: retry_at($now, $expires_at).
$ffi->attach(retry_at => [qw(sint64 sint64)] => 'sint64');

1;
