using Cairn.Ingestion.Segment;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Segment;

public class Correcting_a_clients_clock
{
    [Theory]
    // receivedAt - (sentAt - originalTimestamp); the request is received at 12:00.
    [InlineData("\"timestamp\":\"2025-06-15T11:00:00Z\",\"sentAt\":\"2025-06-15T11:00:05Z\"", -5)]
    [InlineData("\"timestamp\":\"2025-06-15T09:00:00Z\",\"originalTimestamp\":\"2025-06-15T13:00:00Z\",\"sentAt\":\"2025-06-15T13:00:01Z\"", -1)]
    [InlineData("\"timestamp\":\"2025-06-15T11:59:00.000Z\"", -60)] // not said when it was sent: taken as it is
    [InlineData("\"timestamp\":1749988740000", -60)]
    [InlineData("\"timestamp\":1749988740", -60)]
    public void Shifts_times_by_what_the_sender_says_of_its_own(string members, int secondsFromReceipt) =>
        Assert.Equal(Translated.ReceivedAtMs + secondsFromReceipt * 1000, Assert.Single(Translated.Message(SegmentCall.Track, $"\"event\":\"A\",{members}")).TimeMs);

    [Theory]
    [InlineData("\"timestamp\":\"yesterday\"")]
    [InlineData("\"timestamp\":{}")]
    [InlineData("\"timestamp\":\"0001-01-01T00:00:00Z\"")] // Go's and .NET's way to have none
    [InlineData("\"sentAt\":\"2025-06-15T11:00:05Z\"")]
    public void A_message_without_a_time_that_can_be_read_happened_at_its_receipt(string members)
    {
        var item = Assert.Single(Translated.Message(SegmentCall.Track, $"\"event\":\"A\",{members}"));

        Assert.Equal((0L, 0L), (item.TimeMs, item.SentTimeMs)); // the clock stage puts the receipt in its place
    }

    [Fact]
    public void A_batch_says_for_all_when_it_was_sent()
    {
        var (items, _) = Translated.Body("""
            {"sentAt":"2025-06-15T10:00:00Z","batch":[{"type":"track","event":"A","userId":"ann","timestamp":"2025-06-15T09:59:00Z"}]}
            """);

        Assert.Equal(Translated.ReceivedAtMs - 60_000, Assert.Single(items).TimeMs);
    }
}
