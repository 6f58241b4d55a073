using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;

/// <summary>A worker of benches/languages.py: BedrockToken, and System.Security.Cryptography by hand.</summary>
public static class Bench
{
    const string Key = "AKIAIOSFODNN7EXAMPLE", Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", Region = "eu-central-1";

    static Func<string, string> Generator(string operation)
    {
        if (operation == "by_hand") return ByHand;
        if (operation == "generate") return session => BedrockToken.Generate(Key, Secret, session, Region);
        var provider = new BedrockTokenProvider(Region,
            cancellation => Task.FromResult(new BedrockTokenCredentials { AccessKey = Key, Secret = Secret }));
        return session => provider.GetAsync().Result;
    }

    static string ByHand(string session)
    {
        string date = DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'");
        string scope = date.Substring(0, 8) + "/" + Region + "/bedrock/aws4_request";
        string query = "Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + Key + "%2F"
            + Uri.EscapeDataString(scope) + "&X-Amz-Date=" + date + "&X-Amz-Expires=43200"
            + (session == null ? "" : "&X-Amz-Security-Token=" + Uri.EscapeDataString(session)) + "&X-Amz-SignedHeaders=host";
        string request = "POST\n/\n" + query + "\nhost:bedrock.amazonaws.com\n\nhost\n"
            + "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        string hash;
        using (var sha256 = SHA256.Create()) hash = Hex(sha256.ComputeHash(Encoding.ASCII.GetBytes(request)));
        byte[] key = Encoding.ASCII.GetBytes("AWS4" + Secret);
        foreach (string part in scope.Split('/')) key = Hmac(key, part);
        string signature = Hex(Hmac(key, "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + hash));
        string url = "bedrock.amazonaws.com/?" + query + "&X-Amz-Signature=" + signature + "&Version=1";
        return "bedrock-api" + "-key-" + Convert.ToBase64String(Encoding.ASCII.GetBytes(url));
    }

    static byte[] Hmac(byte[] key, string text)
    {
        using (var hmac = new HMACSHA256(key)) return hmac.ComputeHash(Encoding.ASCII.GetBytes(text));
    }

    static string Hex(byte[] bytes)
    {
        const string digits = "0123456789abcdef";
        var hex = new char[2 * bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            hex[2 * i] = digits[bytes[i] >> 4];
            hex[2 * i + 1] = digits[bytes[i] & 15];
        }
        return new string(hex);
    }

    public static void Main(string[] arguments)
    {
        var generators = new Dictionary<string, Func<string, string>>();
        var sessions = new Dictionary<string, string[]>();
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            string[] words = line.Split(' ');
            int first = int.Parse(words[3]);
            if (!sessions.ContainsKey(words[2]))
                sessions[words[2]] = Array.ConvertAll(
                    File.ReadAllLines(Path.Combine(arguments[0], words[2])), text => text == "" ? null : text);
            if (!generators.ContainsKey(words[1])) generators[words[1]] = Generator(words[1]);
            Func<string, string> generate = generators[words[1]];
            string[] texts = sessions[words[2]];
            if (words[0] == "token")
            {
                Console.WriteLine(generate(texts[first]));
                continue;
            }
            long started = Stopwatch.GetTimestamp();
            for (int i = 0; i < first; i++) generate(texts[i % texts.Length]);
            Console.WriteLine((Stopwatch.GetTimestamp() - started) * (1000000000 / Stopwatch.Frequency));
        }
    }
}
