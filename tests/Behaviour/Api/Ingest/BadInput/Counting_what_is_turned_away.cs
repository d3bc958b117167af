using System.Diagnostics.Metrics;
using System.Globalization;
using Cairn.Ingestion;
using Cairn.Ingestion.Stages;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest.BadInput;

/// <summary>Replays "How it is counted" of docs/wire/bad-input.md, and counts every row of the page.</summary>
public class Counting_what_is_turned_away
{
    const string Page = "docs/wire/bad-input.md";

    public static TheoryData<string, string, string> Examples()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var row in Reasons)
            if (row[2] != "no endpoint") data.Add(row[0], row[2], row[3]);
        return data;
    }

    public static TheoryData<string, string, int, int> Rows()
    {
        var data = new TheoryData<string, string, int, int>();
        foreach (var row in DocTable.Rows(Page, "| endpoint | input | status | the answer holds | stored |"))
            if (row[1] != "wrong method") data.Add(row[0], row[1], Number(row[2]), Number(row[4]));
        return data;
    }

    static IEnumerable<string[]> Reasons => DocTable.Rows(Page, "| reason | number | endpoint | input |");

    [Fact]
    public void The_page_has_every_reason_with_its_number() => Assert.Equal(
        Enum.GetValues<RejectReason>().Where(reason => reason != RejectReason.None).Select(reason => $"{reason} {(int)reason}"),
        Reasons.Select(row => $"{row[0]} {row[1]}"));

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task A_record_counts_once_under_the_name_of_its_reason(string reason, string endpoint, string input)
    {
        var (counted, stored) = await CountAsync(endpoint, input);
        Assert.Equal(1, counted.GetValueOrDefault((Dialect(endpoint), reason)));
        Assert.Equal(stored, counted.GetValueOrDefault((Dialect(endpoint), "None")));
        Assert.Equal(stored + 1, counted.Values.Sum());
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task What_is_stored_counts_as_accepted_and_what_is_not_under_some_reason(string endpoint, string input, int status, int stored)
    {
        var (counted, _) = await CountAsync(endpoint, input);
        Assert.Equal(stored, counted.GetValueOrDefault((Dialect(endpoint), "None")));
        var turnedAway = counted.Where(count => count.Key.Reason != "None").Sum(count => count.Value);
        // Three records of which one may be bad, or a request that is refused as a whole and counts as one. Segment's messages may each have a key: each lacks it.
        Assert.Equal(stored == 3 ? 0 : (endpoint, input) == ("/v1/batch", "no token") ? 3 : 1, turnedAway);
        Assert.InRange(status, 200, 499);
    }

    static async Task<(Dictionary<(string Dialect, string Reason), long> Counted, int Stored)> CountAsync(string endpoint, string input)
    {
        using var counter = new RecordCounter();
        var (_, stored) = await BadInputServer.SendAsync(endpoint, input);
        return (counter.Counted, stored);
    }

    static string Dialect(string endpoint) =>
        BadInputServer.Mixpanel.Contains(endpoint.Split('?')[0]) ? "mixpanel" : endpoint == "/v1/batch" ? "segment" : "amplitude";

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Listens to the meter, and counts what its own test caused: other tests run beside it in the same process.</summary>
    sealed class RecordCounter : IDisposable
    {
        static readonly AsyncLocal<RecordCounter?> Current = new();
        readonly MeterListener listener = new();

        public RecordCounter()
        {
            Current.Value = this;
            listener.InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == IngestMeter.MeterName && instrument.Name == "cairn.ingest.records") self.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
            {
                if (Current.Value != this) return;
                var key = (Tag(tags, "dialect"), Tag(tags, "reason"));
                lock (Counted) Counted[key] = Counted.GetValueOrDefault(key) + count;
            });
            listener.Start();
        }

        public Dictionary<(string Dialect, string Reason), long> Counted { get; } = [];

        public void Dispose()
        {
            Current.Value = null;
            listener.Dispose();
        }

        static string Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
        {
            foreach (var tag in tags)
                if (tag.Key == name) return (string)tag.Value!;
            return "";
        }
    }
}
