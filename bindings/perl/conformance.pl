use strict;
use warnings;
use FindBin;

require "$FindBin::Bin/bedrock_token.pl";

$BedrockToken::ffi->attach(
    [generate_into => 'BedrockToken::generate_at'],
    [qw(string string string string uint32 sint64 opaque size_t size_t*)] => 'sint32',
    sub {
        my ($native, @arguments) = @_;
        $native->(@arguments, undef, 0, \my $length);
        my $buffer = "\0" x ($length + 1);
        my ($address) = FFI::Platypus::Buffer::scalar_to_buffer($buffer);
        BedrockToken::check($native->(@arguments, $address, length $buffer, undef));
        return substr $buffer, 0, $length;
    });

sub answer {
    my ($generate) = @_;
    my $token = eval { $generate->() };
    if (my $error = $@) {
        die $error unless ref $error;
        print join("\t", $error->status, $error->message), "\n";
        return;
    }
    my $info = BedrockToken::inspect($token);
    print join("\t", 0, $token, @$info{qw(access_key region issued_at expires_at has_session)}), "\n";
}

use FFI::Platypus::Buffer ();

while (my $line = <STDIN>) {
    chomp $line;
    my (@strings) = split /\t/, $line;
    my $time = 0 + pop @strings;
    my $expires = 0 + pop @strings;
    $_ = $_ eq '-' ? undef : pack 'H*', substr $_, 1 for @strings;
    answer(sub { BedrockToken::generate_at(@strings, $expires, $time) });
    answer(sub { BedrockToken::generate(@strings, $expires) });
}
