# AWS Bedrock API keys in Perl, with FFI::Platypus (Debian: libffi-platypus-perl).
package BedrockToken;
use strict;
use warnings;
use FFI::Platypus 2.00;

package BedrockToken::Info {
    use FFI::Platypus::Record;
    record_layout_1('string(129)' => 'access_key', 'string(64)' => 'region',
        sint64 => 'issued_at', sint64 => 'expires_at', sint32 => 'has_session');
}

# Its status says which argument is at fault, and so does its message; neither shows a value.
package BedrockToken::Error {
    use overload '""' => sub { $_[0]->message }, fallback => 1;
    sub status  { $_[0]->{status} }
    sub message { BedrockToken::status_message($_[0]->{status}) }
}

our $ffi = FFI::Platypus->new(api => 2, lib => 'libbedrock_token.so.0');
$ffi->mangler(sub { "bedrock_token_$_[0]" });
$ffi->type('record(BedrockToken::Info)*' => 'info');

sub check {
    my ($status) = @_;
    die bless { status => $status }, 'BedrockToken::Error' if $status != 0;
}

$ffi->attach(status_message => ['sint32'] => 'string');
# Not a string*: its address would be lost.
$ffi->attach(free => ['opaque'] => 'void');
$ffi->attach(generate => [qw(string string string string uint32 opaque* size_t*)] => 'sint32', sub {
    my ($native, $access_key, $secret, $session, $region, $expires) = @_;
    check($native->($access_key, $secret, $session, $region, $expires // 43200, \my $token, undef));
    my $copy = $ffi->cast(opaque => 'string', $token);
    BedrockToken::free($token);
    return $copy;
});
$ffi->attach(inspect => [qw(string info size_t)] => 'sint32', sub {
    my ($native, $token) = @_;
    my $info = BedrockToken::Info->new;
    check($native->($token, $info, length $$info));
    s/\0.*//s for my ($access_key, $region) = ($info->access_key, $info->region);
    return { access_key => $access_key, region => $region, issued_at => $info->issued_at,
        expires_at => $info->expires_at, has_session => $info->has_session };
});

1;
