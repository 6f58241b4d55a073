use strict;
use warnings;
use FindBin;

# The provider's clock stands still.
my $now = 0;
BEGIN { *CORE::GLOBAL::time = sub { $now } }

require "$FindBin::Bin/bedrock_token.pl";

my $provider;

sub answer {
    my $token = eval { $provider->token };
    return BedrockToken::inspect($token)->{issued_at} if $token;
    return "status " . $@->status if ref $@;
    return $@ =~ s/\n//r;
}

my $source;
while (my $line = <STDIN>) {
    chomp $line;
    my ($step, $time, $end) = split /\t/, $line;
    $now = $time if defined $time;
    my ($asked, @inside) = (0);
    $source = sub {
        $asked++;
        @inside = answer() if $step eq 'reenter';
        die "raised\n" if $end eq 'raise';
        return if $end eq 'nothing';
        return { access_key => 'AKIAIOSFODNN7EXAMPLE', secret => 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', expires_at => $end || undef };
    };
    my @answers;
    if ($step eq 'new') {
        $provider = BedrockToken::Provider->new(region => 'eu-central-1', source => sub { $source->() });
    } elsif ($step eq 'invalidate') {
        $provider->invalidate;
    } elsif ($step eq 'show') {
        @answers = ("$provider", '' . $source->());
    } elsif ($step eq 'together') {
        @answers = '-'; # one process has one provider, and nothing else
    } else {
        @answers = answer();
        push @answers, @inside;
    }
    print join("\t", $asked, @answers), "\n";
}
