# A worker of benches/languages.py: this file's neighbour, and Digest::SHA by hand. The signers that Debian
# has, AWS::Signature4 and Net::Amazon::Signature::V4, cannot presign a POST.
use strict;
use warnings;
use feature 'state';
use FindBin;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my ($KEY, $SECRET, $REGION) = ('AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'eu-central-1');

my %operations = (
    generate => sub {
        require "$FindBin::Bin/bedrock_token.pl";
        return sub { BedrockToken::generate($KEY, $SECRET, $_[0], $REGION) };
    },
    kept => sub {
        require "$FindBin::Bin/bedrock_token.pl";
        my $credentials = { access_key => $KEY, secret => $SECRET };
        my $provider = BedrockToken::Provider->new(region => $REGION, source => sub { $credentials });
        return sub { $provider->token };
    },
    by_hand => sub {
        require Digest::SHA;
        require MIME::Base64;
        require POSIX;
        return \&by_hand;
    },
);

sub by_hand {
    my ($session) = @_;
    state $empty = Digest::SHA::sha256_hex('');
    my $date = POSIX::strftime('%Y%m%dT%H%M%SZ', gmtime);
    my @scope = (substr($date, 0, 8), $REGION, 'bedrock', 'aws4_request');
    my $query = 'Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential='
        . join('%2F', $KEY, @scope) . "&X-Amz-Date=$date&X-Amz-Expires=43200";
    if (defined $session) {
        $session =~ s/([^A-Za-z0-9\-_.~])/sprintf '%%%02X', ord $1/ge;
        $query .= "&X-Amz-Security-Token=$session";
    }
    $query .= '&X-Amz-SignedHeaders=host';
    my $request = "POST\n/\n$query\nhost:bedrock.amazonaws.com\n\nhost\n$empty";
    my $key = "AWS4$SECRET";
    $key = Digest::SHA::hmac_sha256($_, $key) for @scope;
    my $to_sign = join "\n", 'AWS4-HMAC-SHA256', $date, join('/', @scope), Digest::SHA::sha256_hex($request);
    my $signature = Digest::SHA::hmac_sha256_hex($to_sign, $key);
    return 'bedrock-api' . '-key-'
        . MIME::Base64::encode_base64("bedrock.amazonaws.com/?$query&X-Amz-Signature=$signature&Version=1", '');
}

sub sessions {
    my ($length) = @_;
    open my $file, '<', "$ARGV[0]/$length" or die "$length: $!";
    chomp(my @lines = <$file>);
    return [map { length ? $_ : undef } @lines];
}

$| = 1;
my (%generators, %sessions);
while (my $line = <STDIN>) {
    my ($command, $name, $length, $first) = split ' ', $line;
    my $generate = $generators{$name} //= $operations{$name}->();
    my $texts = $sessions{$length} //= sessions($length);
    if ($command eq 'token') {
        print $generate->($texts->[$first]), "\n";
    } else {
        my $started = clock_gettime(CLOCK_MONOTONIC);
        $generate->($texts->[$_ % @$texts]) for 1 .. $first;
        printf "%.0f\n", (clock_gettime(CLOCK_MONOTONIC) - $started) * 1e9;
    }
}
