namespace Cairn.Storage.Parquet.Encodings;

static partial class RunLengthHybrid
{
    /// <summary>Bytes of the headers that a run costs: its own and the next packed run's.</summary>
    const int HeaderBytes = 3;

    /// <summary>From how many equal values on a run of its own is smaller than packing them.</summary>
    static int ShortestRun(int width) => width == 0 ? 1 : Math.Max(8, 8 * (HeaderBytes + ValueBytes(width)) / width);

    /// <summary>About how many bytes the values would take, given how many runs of equal neighbours they form.</summary>
    public static long EstimateBytes(long values, long runs, int width) =>
        Math.Min(BitPacking.BytesOf(values, width), runs * (HeaderBytes + ValueBytes(width)));
}
