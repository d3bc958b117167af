using Cairn.Ingestion;
using Cairn.Model;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Amplitude;

public class Correcting_a_clients_clock
{
    const long MinuteMs = 60_000;

    [Theory]
    [InlineData(0, -5, -5)] // no upload time: the clock is taken for right
    [InlineData(-1, -5, -5)] // a minute of difference is the network
    [InlineData(-2, -5, -3)] // the device is two minutes behind
    [InlineData(120, 119, -1)] // or two hours ahead
    public void Shifts_times_by_a_difference_of_more_than_a_minute(int uploadedAfterMinutes, int eventAfterMinutes, int correctedAfterMinutes)
    {
        var uploadedAtMs = uploadedAfterMinutes == 0 ? 0 : Translated.ReceivedAtMs + uploadedAfterMinutes * MinuteMs;
        var sentMs = Translated.ReceivedAtMs + eventAfterMinutes * MinuteMs;

        var (items, _) = Translated.Events($$"""[{"event_type":"A","user_id":"ann-cap","time":{{sentMs}}}]""", uploadedAtMs);

        Assert.Equal((sentMs, Translated.ReceivedAtMs + correctedAfterMinutes * MinuteMs), (items[0].SentTimeMs, items[0].TimeMs));
    }

    [Theory]
    [InlineData("1749988800000", 1749988800000)]
    [InlineData("1.7499888e12", 1749988800000)]
    [InlineData("\"2025-06-15T12:00:00Z\"", 1749988800000)]
    [InlineData("\"2025-06-15T14:00:00.123+02:00\"", 1749988800123)]
    [InlineData("\"9999-12-31T23:59:59.999Z\"", 253402300799999)]
    [InlineData("0", 0)] // a device that has lost its clock: no time
    public void Reads_milliseconds_and_dates(string sent, long unixMs)
    {
        var (items, _) = Translated.Events($$"""[{"event_type":"A","user_id":"ann-cap","time":{{sent}}}]""");

        Assert.Equal((unixMs, unixMs), (items[0].SentTimeMs, items[0].TimeMs));
    }

    [Theory]
    [InlineData("1749988800000.5")]
    [InlineData("1e999")]
    [InlineData("-1")]
    [InlineData("\"0001-01-01T00:00:00Z\"")]
    [InlineData("253402300800000")]
    [InlineData("\"yesterday\"")]
    [InlineData("\"2025-02-30T00:00:00Z\"")]
    [InlineData("\"1749988800000\"")]
    [InlineData("{}")]
    [InlineData("true")]
    public void Turns_away_what_is_no_time(string sent)
    {
        var (_, verdicts) = Translated.Events($$"""[{"event_type":"A","user_id":"ann-cap","time":{{sent}}}]""");

        Assert.Equal(new Verdict(RejectReason.InvalidTime, "time"), Assert.Single(verdicts));
    }
}
