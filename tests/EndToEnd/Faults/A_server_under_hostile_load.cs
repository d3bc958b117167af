using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Cairn.Support;
using Xunit;
using Xunit.Abstractions;

namespace Cairn.EndToEnd.Faults;

/// <summary>Many senders who each send little that becomes much: the server's memory stays bounded, it goes on serving others, and it gives the memory back.</summary>
public sealed class A_server_under_hostile_load(ITestOutputHelper output)
{
    const int SendersAtOnce = 50;
    const int MiB = 1024 * 1024;

    [Fact]
    public async Task Inflates_fifty_bombs_a_few_at_a_time()
    {
        await using var cairn = await RunningCairn.StartAsync();
        // Past the limit; just within it, so that it is parsed as well; and once more inside base64, which is inflated only after the form is taken apart.
        var bomb = Gzip(new string(' ', 64 * MiB));
        var within = Gzip(Large(cairn));
        await PressAsync(cairn, [bomb, within, Encoding.ASCII.GetBytes("data=" + Uri.EscapeDataString(Convert.ToBase64String(within)))], rounds: 6);
    }

    [Fact]
    public async Task Takes_as_many_large_bodies_as_there_is_room_for()
    {
        await using var cairn = await RunningCairn.StartAsync();
        await PressAsync(cairn, [Encoding.ASCII.GetBytes(Large(cairn))], rounds: 2);
    }

    /// <summary>One record with some ten megabytes of spaces behind it.</summary>
    static string Large(RunningCairn cairn) =>
        $$$"""[{"event":"large","properties":{"token":"{{{cairn.Keys.Token}}}","distinct_id":"d","$insert_id":"large"}}{{{new string(' ', 10 * MiB - 1000)}}}]""";

    async Task PressAsync(RunningCairn cairn, byte[][] bodies, int rounds)
    {
        await TrackAsync(cairn, "before");
        var atRest = cairn.ResidentBytes;
        var (answered, later) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, SendersAtOnce).Select(async sender =>
        {
            for (var round = 0; round < rounds; round++)
            {
                var status = await SendAsync(cairn, bodies[(sender + round) % bodies.Length]);
                Assert.Contains(status, new[] { HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable });
                if (status == HttpStatusCode.OK) Interlocked.Increment(ref answered);
                else Interlocked.Increment(ref later);
                // Who sends one event is served between them.
                if (sender == 0) await TrackAsync(cairn, string.Create(CultureInfo.InvariantCulture, $"between {round}"));
            }
        }));
        var peak = cairn.PeakResidentBytes;
        var after = await Eventually.AsyncUntil(bytes => bytes < atRest + (100L * MiB), () => Task.FromResult(cairn.ResidentBytes), TimeSpan.FromSeconds(60));
        output.WriteLine($"at rest {atRest / MiB} MiB, at most {peak / MiB} MiB, afterwards {after / MiB} MiB; {answered} answered, {later} told to try later");
        Assert.InRange(peak - atRest, 0, 400L * MiB);
        Assert.InRange(after - atRest, -atRest, 100L * MiB);
        Assert.True(answered > 0, "nobody was answered");
    }

    static async Task TrackAsync(RunningCairn cairn, string name)
    {
        using var content = new StringContent($$$"""[{"event":"{{{name}}}","properties":{"token":"{{{cairn.Keys.Token}}}","distinct_id":"d"}}]""", Encoding.UTF8, "application/json");
        using var answer = await cairn.Http.PostAsync(new Uri("/track", UriKind.Relative), content);
        Assert.Equal("1", await answer.Content.ReadAsStringAsync());
    }

    static async Task<HttpStatusCode> SendAsync(RunningCairn cairn, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(body[0] == (byte)'d' ? "application/x-www-form-urlencoded" : "application/json");
        using var answer = await cairn.Http.PostAsync(new Uri("/track", UriKind.Relative), content);
        return answer.StatusCode;
    }

    static byte[] Gzip(string text)
    {
        using var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.SmallestSize)) gzip.Write(Encoding.ASCII.GetBytes(text));
        return file.ToArray();
    }
}
