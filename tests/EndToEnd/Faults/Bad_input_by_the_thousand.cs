using System.Globalization;
using System.IO.Compression;
using System.Text;
using Cairn.Support;
using Xunit;
using Xunit.Abstractions;

namespace Cairn.EndToEnd.Faults;

/// <summary>Whatever is sent, and however often: every request gets an answer, and the server's memory stays where it was.</summary>
public sealed class Bad_input_by_the_thousand(ITestOutputHelper output)
{
    const int Senders = 6;

    /// <summary>What a garbage collector may leave lying about; one body of the larger kinds, kept for each request, would be a hundred times as much.</summary>
    const long AllowedGrowthBytes = 96L << 20;

    /// <summary>All of it, whatever was sent.</summary>
    const long MaxResidentBytes = 700L << 20;

    static readonly int Rounds = FullRun.Count(200, 4_000);

    static readonly byte[] Bomb = Gzip(new byte[24 * 1024 * 1024]);

    static readonly string[] Paths = ["/track", "/engage", "/import?strict=1", "/2/httpapi", "/batch", "/identify", "/v1/batch", "/", "/api/v1/query/segmentation", "/api/v1/projects"];

    static readonly (string Name, Func<int, byte[]> Make)[] Bodies =
    [
        ("malformed JSON", _ => Utf8("[{\"event\":")),
        ("nothing", _ => []),
        ("truncated gzip", _ => Gzip(Utf8("""{"event":"a","properties":{}}"""))[..^9]),
        ("gzip that inflates past the limit", _ => Bomb),
        ("10,000 items", _ => Utf8($"[{string.Join(',', Enumerable.Repeat("{\"event\":\"a\"}", 10_000))}]")),
        ("1,000 deep", _ => Utf8($"[{{\"event\":\"a\",\"properties\":{string.Concat(Enumerable.Repeat("{\"a\":", 1000))}1{new string('}', 1000)}}}]")),
        ("invalid UTF-8", _ => [.. "[{\"event\":\""u8, 0xFF, 0xC3, .. "\"}]"u8]),
        ("over a megabyte", _ => Utf8($"[{{\"event\":\"{new string('n', 1_200_000)}\"}}]")),
        ("another token each time", n => Utf8($$$"""[{"event":"a","properties":{"token":"{{{Number(n)}}}-nobody","distinct_id":"d"}}]""")),
        ("another API key each time", n => Utf8($$"""{"api_key":"{{Number(n)}}-nobody","events":[{"event_type":"A","user_id":"ann-cap"}]}""")),
        ("another write key each time", n => Utf8($$"""{"writeKey":"{{Number(n)}}-nobody","batch":[{"type":"track","event":"A","userId":"ann"}]}""")),
    ];

    [Fact]
    public async Task Leaves_the_servers_memory_flat_and_good_input_welcome()
    {
        await using var cairn = await RunningCairn.StartAsync();
        // The first half fills the pools that large bodies share; the second finds them filled.
        await SendAsync(cairn, 0, Rounds);
        var before = cairn.ResidentBytes;
        await SendAsync(cairn, Rounds, Rounds);
        var after = cairn.ResidentBytes;
        var requests = Rounds * Bodies.Length;
        output.WriteLine($"{requests} bad requests: {before >> 20} MiB before, {after >> 20} MiB after");
        Assert.True(after - before < AllowedGrowthBytes && after < MaxResidentBytes, $"{before >> 20} MiB before, {after >> 20} MiB after {requests} bad requests");

        using var good = new StringContent($$$"""[{"event":"a","properties":{"token":"{{{cairn.Keys.Token}}}","distinct_id":"d"}}]""", Encoding.UTF8, "application/json");
        using var answer = await cairn.Http.PostAsync(new Uri("/track", UriKind.Relative), good);
        Assert.Equal("1", await answer.Content.ReadAsStringAsync());
        FullRun.Keep(this, $"{requests:N0} bad requests of {Bodies.Length} kinds to {Paths.Length} paths: {before >> 20} MiB before, {after >> 20} MiB after");
    }

    static async Task SendAsync(RunningCairn cairn, int first, int count)
    {
        using var client = cairn.WithBasic(cairn.Keys.ApiSecret, "");
        await Parallel.ForEachAsync(Enumerable.Range(first, count), new ParallelOptions { MaxDegreeOfParallelism = Senders }, async (round, cancellationToken) =>
        {
            for (var kind = 0; kind < Bodies.Length; kind++)
            {
                var path = Paths[(round + kind) % Paths.Length];
                using var content = new ByteArrayContent(Bodies[kind].Make(round));
                content.Headers.ContentType = new("application/json");
                using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
                Assert.True((int)answer.StatusCode is >= 200 and < 500, $"{(int)answer.StatusCode} to {Bodies[kind].Name} at {path}");
            }
        });
    }

    static byte[] Gzip(byte[] bytes)
    {
        using var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.Fastest)) gzip.Write(bytes);
        return file.ToArray();
    }

    static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    static string Number(int n) => n.ToString("d9", CultureInfo.InvariantCulture);
}
