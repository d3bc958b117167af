using System.Globalization;
using Cairn.Storage.Compaction;
using Cairn.Storage.Rows;
using Xunit;

namespace Cairn.Behaviour.Storage.Compaction;

public class Telling_copies_apart
{
    [Theory] // receipts in days, and which copies stay where a key counts for seven days, and for good
    [InlineData("0", "+", "+")]
    [InlineData("0 0 0", "+--", "+--")]
    [InlineData("0 5 9", "+-+", "+--")] // what is dropped keeps nobody out
    [InlineData("0 7", "++", "+-")]
    [InlineData("0 6 6 13 14", "+--+-", "+----")]
    public void Stay_the_first_received_and_what_comes_after_its_time(string days, string windowed, string forGood)
    {
        var receipts = days.Split(' ').Select(day => int.Parse(day, CultureInfo.InvariantCulture) * 86_400_000L).ToArray();
        Assert.Equal((windowed, forGood), (Judged(receipts, 7 * 86_400_000L), Judged(receipts, long.MaxValue)));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 1_000)]
    [InlineData(4, 50_000)]
    public void Keys_that_come_again_are_found_as_plain_counting_finds_them(int seed, int rowCount)
    {
        var random = new Random(seed);
        // Hashes as they are, ones that share their upper bits, and the one that stands for a free slot.
        var highs = Enumerable.Range(0, rowCount).Select(_ => random.Next(10) switch
        {
            0 => random.Next(rowCount),
            1 => 0L,
            2 => long.MinValue + random.Next(50),
            _ => random.NextInt64(long.MinValue, long.MaxValue),
        }).ToArray();
        var rows = RowSet.All(rowCount).Without(Enumerable.Range(0, rowCount).Where(_ => random.Next(7) == 0));
        var keys = new RepeatedKeys(rows.Count);
        keys.Add(highs, rows);
        var plain = Enumerable.Range(0, rowCount).Where(row => rows[row]).GroupBy(row => highs[row]).Where(group => group.Count() > 1).Select(group => group.Key);
        Assert.Equal(plain.Order(), keys.Repeated.Order());
    }

    static string Judged(long[] receipts, long windowMs)
    {
        var stays = new bool[receipts.Length];
        DuplicateRule.Judge(receipts, windowMs, stays);
        return string.Concat(stays.Select(stay => stay ? '+' : '-'));
    }
}
