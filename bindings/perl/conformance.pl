use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use BedrockToken;

my %numbers = map { $BedrockToken::SERVICES[$_] => $_ } 0 .. $#BedrockToken::SERVICES;

sub answer {
    my ($generate) = @_;
    my $token = eval { $generate->() };
    if (my $error = $@) {
        die $error unless ref $error;
        print join("\t", $error->status, $error->message), "\n";
        return;
    }
    my $info = BedrockToken::inspect($token);
    my $life = $info->{expires_at} - $info->{issued_at};
    my $times = BedrockToken::schedule(1_800_000_000, $life, 1_800_000_600);
    print join("\t", 0, $token, $numbers{$info->{service}},
        @$info{qw(access_key region issued_at expires_at has_session)},
        @$times{qw(valid_from renew_at wait_from expires_at)},
        BedrockToken::retry_at(1_800_000_000, 1_800_000_000 + $life)), "\n";
}

while (my $line = <STDIN>) {
    chomp $line;
    my ($service, @strings) = split /\t/, $line;
    my $time = pop @strings;
    my @options = (expires => pop @strings, service => { reverse %numbers }->{$service} // 'none');
    $_ = $_ eq '-' ? undef : pack 'H*', substr $_, 1 for @strings;
    answer(sub { BedrockToken::generate(@strings, @options, at => $time) });
    answer(sub { BedrockToken::generate(@strings, @options) });
}
