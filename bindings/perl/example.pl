use strict;
use warnings;
use FindBin;

require "$FindBin::Bin/bedrock_token.pl";

my ($key, $secret) = ('AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY');

my $token = BedrockToken::generate($key, $secret, undef, 'eu-central-1');
my $info = BedrockToken::inspect($token);
print "$token\n$info->{access_key} $info->{region} $info->{expires_at}\n";
eval { BedrockToken::generate($key, "$secret\n", undef, 'eu-central-1') };
print "refused: $@\n";

# In a server: one for each process. It asks for credentials when it needs them.
my $provider = BedrockToken::Provider->new(
    region  => 'us-west-2',
    service => 'claude-platform',
    source  => sub { { access_key => $key, secret => $secret, expires_at => time + 900 } },
);
print $provider->token, "\n";
