use strict;
use warnings;
use FindBin;

require "$FindBin::Bin/bedrock_token.pl";

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
    print join("\t", 0, $token, $numbers{$info->{service}},
        @$info{qw(access_key region issued_at expires_at has_session)}), "\n";
}

while (my $line = <STDIN>) {
    chomp $line;
    my ($service, @strings) = split /\t/, $line;
    my $time = 0 + pop @strings;
    my @options = (expires => 0 + pop @strings, service => { reverse %numbers }->{$service} // 'none');
    $_ = $_ eq '-' ? undef : pack 'H*', substr $_, 1 for @strings;
    answer(sub { BedrockToken::generate(@strings, @options, at => $time) });
    answer(sub { BedrockToken::generate(@strings, @options) });
}
