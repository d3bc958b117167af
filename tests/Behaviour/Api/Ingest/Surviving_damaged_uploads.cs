using System.Text.Json;
using Cairn.Ingestion;
using Cairn.Support;
using Cairn.Support.Ingest;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest;

/// <summary>Captured uploads with random damage get an answer their SDK knows, and whatever passes is well formed.</summary>
public class Surviving_damaged_uploads
{
    /// <summary>How many uploads are damaged.</summary>
    static readonly int Count = FullRun.Count(6_000, 200_000);

    static readonly int[] Known = [200, 400, 401, 408, 413, 429, 503];

    // Pieces that a parser may trip over, put in at random places.
    static readonly byte[][] Pieces =
    [
        "\""u8.ToArray(), "\\"u8.ToArray(), "\\u"u8.ToArray(), "\\ud83d"u8.ToArray(), "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(),
        ","u8.ToArray(), ":"u8.ToArray(), "null"u8.ToArray(), "-1"u8.ToArray(), "1e999"u8.ToArray(), "NaN"u8.ToArray(), "\"$set\":"u8.ToArray(), "\"$price\":9,"u8.ToArray(),
        [0xED, 0xA0, 0xBD], [0xFF], [0], [0xEF, 0xBB, 0xBF], "\"user_id\":\"x\","u8.ToArray(), "\"groups\":{\"a\":[null,[1]]},"u8.ToArray(), "\"batch\":[],"u8.ToArray(),
    ];

    [Theory]
    [InlineData("amplitude", 1)]
    [InlineData("segment", 2)]
    public async Task With_an_answer_and_items_that_are_well_formed(string dialect, int seed)
    {
        var random = new Random(seed);
        var captures = (dialect == "amplitude" ? Capture.All("amplitude-") : [.. Capture.All("segment-"), .. Capture.All("rudder-")])
            .Where(capture => capture.Method == "POST" && capture.Path is not ("/v1/capture" or "/v1/m")).ToArray();
        var statuses = new Dictionary<int, int>();
        for (var i = 0; i < Count; i++)
        {
            var capture = captures[random.Next(captures.Length)];
            var body = Damage(capture.Body, random);
            var items = new List<SeenItem>();
            try
            {
                var request = Sent.As(capture);
                request.Body = new MemoryStream(body);
                request.ContentLength = body.Length;
                var (answer, seen) = await SendAsync(dialect, request, random.Next(2) == 0);
                statuses[answer.Status] = statuses.GetValueOrDefault(answer.Status) + 1;
                Assert.Contains(answer.Status, Known);
                if (capture.Path is "/2/httpapi" or "/batch") Assert.Equal(answer.Status, (int)answer.Json["code"]!);
                Assert.All(seen, WellFormed);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"seed {seed}, round {i}, {capture}: {Convert.ToBase64String(body)}", fault);
            }
        }
        // The damage is such that much is refused and much passes; otherwise this would show nothing.
        Assert.True(statuses[200] > Count / 10 && statuses[400] > Count / 10, string.Join(' ', statuses));
        FullRun.Keep(this, $"{Count:N0} damaged uploads, seed {seed}, answered by status {string.Join(' ', statuses.OrderBy(one => one.Key).Select(one => $"{one.Key}: {one.Value:N0}"))}", $"{nameof(With_an_answer_and_items_that_are_well_formed)}({dialect})");
    }

    static async Task<(Answer, IReadOnlyList<SeenItem>)> SendAsync(string dialect, HttpRequest request, bool throughStages)
    {
        if (dialect == "amplitude")
        {
            var server = new AmplitudeServer(throughStages ? (projects, time) => new StagedDoor(projects, time) : null);
            return (await server.SendAsync(request), server.Door.Items);
        }
        var segment = new SegmentServer(throughStages ? (projects, time) => new StagedDoor(projects, time) : null);
        return (await segment.SendAsync(request), segment.Door.Items);
    }

    static void WellFormed(SeenItem item)
    {
        foreach (var json in (string[])[item.Body, item.Groups])
        {
            if (json == "") continue;
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 70 });
            Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        }
        Assert.DoesNotContain('\uFFFF', item.DistinctId);
    }

    static byte[] Damage(byte[] body, Random random)
    {
        var bytes = body.ToList();
        for (var times = random.Next(1, 4); times > 0 && bytes.Count > 0; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)); break;
                case 2: bytes.InsertRange(at, Pieces[random.Next(Pieces.Length)]); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count / 2), bytes.Count / 4)); break;
                // Inside a text, where JSON stays JSON.
                default: bytes[at] = bytes[at] is >= (byte)'a' and <= (byte)'z' ? (byte)random.Next('a', 'z' + 1) : bytes[at]; break;
            }
        }
        return [.. bytes];
    }
}
