namespace Cairn.Storage.Lake.Writing;

/// <summary>The dates or months that rows are shared out to, by number: days since 1970-01-01, or the days that months begin with.</summary>
sealed class Partitions(LakeSplit split)
{
    const long DayMs = 86_400_000;

    readonly Dictionary<int, int> monthOf = [];
    int lastDay = int.MinValue, lastPartition;

    /// <summary>The partition of a time.</summary>
    public int Of(long timeMs)
    {
        var day = (int)Math.Clamp(Math.DivRem(timeMs, DayMs, out var rest) - (rest < 0 ? 1 : 0), FirstDay, LastDay);
        if (day == lastDay) return lastPartition;
        lastDay = day;
        return lastPartition = split == LakeSplit.ByDate ? day : MonthOf(day);
    }

    /// <summary>Its first instant, Unix milliseconds.</summary>
    public static long StartMsOf(int partition) => partition * DayMs;

    public static DateOnly DateOf(int partition) => Epoch.AddDays(partition);

    static readonly DateOnly Epoch = new(1970, 1, 1);
    static readonly int FirstDay = DateOnly.MinValue.DayNumber - Epoch.DayNumber, LastDay = DateOnly.MaxValue.DayNumber - Epoch.DayNumber;

    int MonthOf(int day)
    {
        if (monthOf.TryGetValue(day, out var month)) return month;
        var date = DateOf(day);
        return monthOf[day] = day - date.Day + 1;
    }
}
