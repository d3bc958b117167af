using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Cairn.Ingestion;
using Cairn.Model;
using Cairn.Support;
using Cairn.Support.Ingest;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest.Mixpanel;

/// <summary>Recorded requests with bytes flipped, cut, doubled and strewn in: never a crash, and whatever is taken is well-formed.</summary>
public class Surviving_mutilated_requests
{
    /// <summary>Mutations of each recorded request; a failure prints the seed and the bytes.</summary>
    static readonly int MutationsPerCapture = FullRun.Count(60, 1_000);

    static readonly string[] Fragments =
        ["{", "}", "[", "]", "\"", "\\", ",", ":", "\\ud83d", "\\u0000", "null", "1e999", "-", "\n", "{}", "[[[[[[", "\"time\":", "\"$set\":", "\"event\":\"$merge\"", "%", "%zz", "+", "&data=", "=", "\uFEFF"];

    public static TheoryData<string> Files() =>
        [.. Capture.All("mixpanel-").Where(capture => IsIngestion(capture)).Select(capture => capture.File).Distinct()];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Never_throws_and_takes_only_what_is_well_formed(string file)
    {
        var random = new Random(file.Length * 7919);
        foreach (var capture in Capture.Of(file).Where(IsIngestion).Take(6))
            for (var round = 0; round < MutationsPerCapture; round++)
            {
                var bare = round % 2 == 0 && capture.Decoded is not null;
                var bytes = Mutilate(bare ? Encoding.UTF8.GetBytes(capture.Decoded!.Value.GetRawText()) : capture.Body, random);
                var query = round % 3 == 0 ? "?strict=1&verbose=1" : capture.QueryString;
                await SendAsync(capture, bytes, query, $"{capture} round {round}: {Convert.ToBase64String(bytes)}");
            }
        FullRun.Keep(this, $"{MutationsPerCapture:N0} mutations of each request, seed {file.Length * 7919}; each was answered, and what passed was well formed", $"{nameof(Never_throws_and_takes_only_what_is_well_formed)}({file})");
    }

    static async Task SendAsync(Capture capture, byte[] bytes, string query, string evidence)
    {
        var server = new MixpanelServer();
        server.Door.Then = batch => Check(batch, evidence);
        var request = Sent.Body(capture.Path, bytes, capture.Headers.GetValueOrDefault("content-type", "application/json"));
        request.QueryString = new QueryString(query);
        request.Headers.Authorization = MixpanelServer.Basic(MixpanelServer.Secret, "");
        Answer answer;
        try
        {
            answer = await server.SendAsync(request);
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException(evidence, fault);
        }
        Assert.True(answer.Status is 200 or 400 or 401 or 413, $"{answer.Status} to {evidence}");
        Assert.NotEqual("", answer.Text);
        if (answer.Headers.ContentType == "application/json") Assert.NotNull(answer.Json);
    }

    static void Check(ItemBatch batch, string evidence)
    {
        Assert.True(batch.RecordCount > 0, evidence);
        foreach (ref readonly var item in batch.Items)
        {
            if (!batch.IsAccepted(item.RecordIndex)) continue;
            foreach (var text in (ReadOnlyMemory<byte>[])[item.Name, item.DistinctId, item.OtherId, item.DeviceId, item.UserId, item.InsertId, item.Sdk, item.Token, item.Body])
                Assert.True(Utf8.IsValid(text.Span), evidence);
            if (item.Kind == ItemKind.LinkClaim)
            {
                Assert.True(!item.DistinctId.IsEmpty && !item.OtherId.IsEmpty, evidence);
                continue;
            }
            Assert.True(item.Kind != ItemKind.Event || !item.Name.IsEmpty, evidence);
            using var body = JsonDocument.Parse(item.Body);
            Assert.True(body.RootElement.ValueKind == JsonValueKind.Object, evidence);
            // Every text can be read: no lone surrogate is left in an escape.
            _ = body.RootElement.ToString();
            Walk(body.RootElement);
        }
    }

    static void Walk(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) _ = value.GetString();
        else if (value.ValueKind == JsonValueKind.Array) foreach (var element in value.EnumerateArray()) Walk(element);
        else if (value.ValueKind == JsonValueKind.Object) foreach (var member in value.EnumerateObject()) { _ = member.Name; Walk(member.Value); }
    }

    static byte[] Mutilate(byte[] bytes, Random random)
    {
        var mutilated = bytes.ToList();
        for (var changes = random.Next(1, 6); changes > 0 && mutilated.Count > 0; changes--)
        {
            var at = random.Next(mutilated.Count);
            var length = Math.Min(random.Next(1, 30), mutilated.Count - at);
            switch (random.Next(5))
            {
                case 0: mutilated[at] = (byte)random.Next(256); break;
                case 1: mutilated.RemoveRange(at, length); break;
                case 2: mutilated.InsertRange(at, mutilated.GetRange(at, length)); break;
                case 3: mutilated.InsertRange(at, Encoding.UTF8.GetBytes(Fragments[random.Next(Fragments.Length)])); break;
                default: mutilated.RemoveRange(at, random.Next(10) == 0 ? mutilated.Count - at : 0); break;
            }
        }
        return [.. mutilated];
    }

    static bool IsIngestion(Capture capture) =>
        capture.Method is "POST" or "GET" && capture.Path.Trim('/') is "track" or "engage" or "groups" or "import" && (capture.Body.Length > 0 || capture.Decoded is not null);
}
