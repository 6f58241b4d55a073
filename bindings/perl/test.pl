# What only Perl has. tests/conformance tests the rest.
use strict;
use warnings;
use Carp qw(longmess);
use Data::Dumper;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use BedrockToken;

my @arguments = ('AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', undef, 'eu-central-1');

sub refused { my ($call) = @_; return eval { $call->(); 1 } ? fail('it is refused') : $@ }

my $line;
like refused(sub { $line = __LINE__; BedrockToken::generate(@arguments[0 .. 2], 'global') }),
    qr/\Aregion: .* at \Q$0\E line $line\.\n/, 'the caller and its line';
like refused(sub { BedrockToken::generate(@arguments, expire => 60) }), qr/unknown options, expire at \Q$0\E line/, 'options';
like refused(sub { BedrockToken::generate(@arguments, 'expires') }), qr/then options at \Q$0\E line/, 'half an option';
for my $expires ('60s', '', -1, 1e15, 'NaN', 0.5) {
    is refused(sub { BedrockToken::generate(@arguments, expires => $expires) })->status, 7, "expires $expires";
}
for my $at ('now', 'NaN', 1e30, -1) {
    is refused(sub { BedrockToken::generate(@arguments, at => $at) })->status, 8, "at $at";
}
for my $call (sub { BedrockToken::generate(@arguments[0 .. 1], @arguments[1, 1]) }, sub { BedrockToken::inspect($arguments[1]) }) {
    my $error = refused($call);
    local $SIG{__DIE__} = sub { die longmess(shift) . longmess('') };
    unlike Dumper($error) . $error . refused($call), qr/wJalr/, 'dumps and traces show no secret';
}
done_testing;
