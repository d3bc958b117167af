using System.Text.Json;
using Cairn.Ingestion;
using Cairn.Support;
using Cairn.Support.Ingest;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest;

/// <summary>
/// error-behaviour.json holds what each SDK did after an answer: sent again, or threw its events away. Our answers are compared with the answers of
/// those probes, so that what could not be stored comes again, and what is wrong does not.
/// </summary>
public class What_SDKs_do_with_our_answers
{
    static readonly IReadOnlyDictionary<string, JsonElement> Probes = JsonDocument
        .Parse(File.ReadAllBytes(RepositoryFolder.Of("tests", "Golden", "captures", "error-behaviour.json"))).RootElement.EnumerateArray()
        .ToDictionary(probe => probe.GetProperty("probe").GetString()!);

    [Theory]
    [InlineData("mixpanel-browser batch 500", "/track", Situation.Away)]
    [InlineData("amplitude-node HTTP 503 json", "/2/httpapi", Situation.Away)]
    [InlineData("amplitude-browser 500", "/2/httpapi", Situation.Away)]
    [InlineData("amplitude-node HTTP 429 json", "/2/httpapi", Situation.AwayForLong)]
    [InlineData("segment-node 429 retry-after 1", "/v1/batch", Situation.Away)]
    [InlineData("segment-browser 429 retry-after 1", "/v1/batch", Situation.Away)]
    [InlineData("rudder-node 429", "/v1/batch", Situation.Away)]
    [InlineData("amplitude-node HTTP 413", "/2/httpapi", Situation.TooLarge)] // in halves
    public async Task What_is_not_stored_comes_again_whole(string probe, string path, Situation situation)
    {
        await AssertAnsweredAsAsync(probe, path, situation);
        var sent = SentBy(probe);
        Assert.True(sent.Count > 1 && sent.Skip(1).Sum() >= sent[0], $"{probe}: {string.Join(", ", sent)}");
    }

    [Theory]
    [InlineData("mixpanel-browser batch 200 status 0", "/track", Situation.Malformed)]
    [InlineData("mixpanel-node 200 body 0", "/track", Situation.Malformed)]
    [InlineData("mixpanel-node verbose 200 status 0", "/track?verbose=1", Situation.Malformed)]
    [InlineData("amplitude-node HTTP 400 json missing_field", "/2/httpapi", Situation.NoKey)]
    [InlineData("amplitude-node HTTP 400 json Invalid API key", "/2/httpapi", Situation.UnknownKey)]
    [InlineData("segment-node 400", "/v1/batch", Situation.Malformed)]
    [InlineData("segment-browser 400", "/v1/batch", Situation.Malformed)]
    [InlineData("rudder-node 400", "/v1/batch", Situation.Malformed)]
    [InlineData("segment-node 401", "/v1/batch", Situation.UnknownKey)]
    public async Task What_is_wrong_does_not_come_again(string probe, string path, Situation situation)
    {
        await AssertAnsweredAsAsync(probe, path, situation);
        Assert.Single(SentBy(probe));
    }

    [Fact]
    public async Task One_bad_event_of_Amplitudes_stays_away_and_the_others_come_again()
    {
        const string Probe = "amplitude-node HTTP 400 json one bad event";
        await AssertAnsweredAsAsync(Probe, "/2/httpapi", Situation.OneIsBad);
        Assert.Equal([2, 1], SentBy(Probe));
    }

    [Theory]
    [InlineData("mixpanel-browser unbatched 200 \"1\"", "/track")]
    [InlineData("rudder-node 200 success:true", "/v1/batch")]
    public async Task What_is_stored_does_not_come_again(string probe, string path)
    {
        await AssertAnsweredAsAsync(probe, path, Situation.Good);
        Assert.Single(SentBy(probe));
    }

    [Fact] // with a line's end behind it, node's SDK calls it an error; JSON without code, Amplitude's sends again
    public async Task An_answer_is_exactly_what_says_stored()
    {
        Assert.Equal("1", (await AnswerAsync("/track", Situation.Good)).Text);
        Assert.Equal("Mixpanel Server Error: 1\n", Probes["mixpanel-node 200 body \"1\\n\""].GetProperty("callbackError").GetString());
        Assert.Equal(200, (int)(await AnswerAsync("/2/httpapi", Situation.Good)).Json["code"]!);
        Assert.Equal([2, 2], SentBy("amplitude-node HTTP 200 json without code"));
    }

    [Theory]
    [InlineData("experiment-node vardata 200 not json", "/sdk/v2/vardata")]
    [InlineData("amplitude-browser remote config 401", "/config/key")]
    [InlineData("segment-browser settings 404", "/v1/projects/x/settings")]
    public async Task What_SDKs_ask_at_their_start_is_none_of_the_answers_that_hold_them_up(string probe, string path)
    {
        var answer = path.StartsWith("/v1/", StringComparison.Ordinal) ? await new SegmentServer().SendAsync(Sent.Get(path)) : await new AmplitudeServer().SendAsync(Sent.Get(path));
        Assert.Contains(probe, Probes.Keys);
        Assert.Equal(200, answer.Status);
        Assert.NotNull(answer.Json);
    }

    /// <summary>The server was, at the time of the probe, in the place of ours: same status (or both of ours), same words that the SDK looks at.</summary>
    static async Task AssertAnsweredAsAsync(string probe, string path, Situation situation)
    {
        var answer = await AnswerAsync(path, situation);
        var given = Probes[probe].GetProperty("timeline").EnumerateArray().First(step => IsUpload(step)).GetProperty("status").GetInt32();
        // An SDK that looks at statuses takes all of 5xx alike.
        Assert.True(given == answer.Status || (given == 500 && answer.Status is 502 or 503 or 504), $"{probe} was answered {given}, ours is {answer.Status} {answer.Text}");
        if (probe.StartsWith("amplitude", StringComparison.Ordinal)) Assert.Equal(answer.Status, (int)answer.Json["code"]!);
        if (probe.Contains("missing_field", StringComparison.Ordinal)) Assert.NotNull(answer.Json["missing_field"]);
        if (probe.Contains("Invalid API key", StringComparison.Ordinal)) Assert.StartsWith("Invalid API key", (string)answer.Json["error"]!, StringComparison.Ordinal);
        if (probe.Contains("one bad event", StringComparison.Ordinal)) Assert.Equal("""{"user_id":[1]}""", answer.Json["events_with_missing_fields"]!.ToJsonString());
        if (probe.Contains("429 json", StringComparison.Ordinal)) Assert.Equal("[0,1]", answer.Json["throttled_events"]!.ToJsonString());
        if (probe.Contains("retry-after", StringComparison.Ordinal)) Assert.InRange(int.Parse(answer.Headers.RetryAfter.ToString(), System.Globalization.CultureInfo.InvariantCulture), 1, 300);
        if (probe.Contains("body 0", StringComparison.Ordinal)) Assert.Equal("0", answer.Text);
        if (probe.Contains("verbose", StringComparison.Ordinal)) Assert.Equal(0, (int)answer.Json["status"]!);
    }

    static async Task<Answer> AnswerAsync(string path, Situation situation)
    {
        if (path.StartsWith("/track", StringComparison.Ordinal))
        {
            var mixpanel = new MixpanelServer();
            if (situation == Situation.Away) mixpanel.Door.Then = _ => throw new StreamUnavailableException("away");
            return await mixpanel.PostAsync(path, situation == Situation.Malformed ? "[{" : $$$"""[{"event":"a","properties":{"token":"{{{MixpanelServer.Token}}}","distinct_id":"d"}}]""");
        }
        if (path == "/v1/batch")
        {
            var segment = new SegmentServer();
            if (situation == Situation.Away) segment.Door.Then = _ => throw new StreamUnavailableException("away");
            var key = situation == Situation.UnknownKey ? "nobody" : SegmentServer.WriteKey;
            return await segment.SendAsync(Sent.Json(path, $$"""{"writeKey":"{{key}}","batch":[{"type":"track","event":"A","userId":"ann"}]{{(situation == Situation.Malformed ? "" : "}")}}"""));
        }
        var amplitude = new AmplitudeServer();
        if (situation is Situation.Away or Situation.AwayForLong) amplitude.Door.Then = _ => throw new StreamUnavailableException("away");
        if (situation == Situation.AwayForLong)
        {
            await amplitude.SendAsync(Upload(situation));
            amplitude.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        return await amplitude.SendAsync(Upload(situation));
    }

    static HttpRequest Upload(Situation situation)
    {
        var second = situation == Situation.OneIsBad ? """{"event_type":"A"}""" : """{"event_type":"A","user_id":"ann-cap"}""";
        var key = situation switch { Situation.NoKey => "", Situation.UnknownKey => "\"api_key\":\"nobody\",", _ => $"\"api_key\":\"{AmplitudeServer.ApiKey}\"," };
        var json = $$$"""{{{{key}}}"events":[{"event_type":"A","user_id":"ann-cap"},{{{second}}}]}""";
        return Sent.Json("/2/httpapi", situation == Situation.TooLarge ? json + new string(' ', 2 * 1024 * 1024) : json);
    }

    /// <summary>How many events each upload of the probe carried.</summary>
    static List<int> SentBy(string probe) =>
        [.. Probes[probe].GetProperty("timeline").EnumerateArray().Where(IsUpload).Select(step => step.GetProperty("n").GetInt32())];

    static bool IsUpload(JsonElement step) => step.GetProperty("n").GetInt32() > 0;

    public enum Situation
    {
        Good, Malformed, OneIsBad, NoKey, UnknownKey, TooLarge, Away, AwayForLong,
    }
}
