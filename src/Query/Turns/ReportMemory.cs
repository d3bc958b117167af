using Cairn.Query.Definitions;

namespace Cairn.Query.Turns;

/// <summary>Memory that reports being answered hold beside the cached columns: tallies, series, numbers of medians.</summary>
/// <param name="ofReport">Bytes of one report.</param>
/// <param name="ofAll">Bytes of all together.</param>
public sealed class ReportMemoryPool(long ofReport = ReportMemoryPool.MaxBytesOfReport, long ofAll = ReportMemoryPool.MaxBytesOfAll)
{
    /// <summary>Of one report: some ten million cells. A report past it is told what to narrow.</summary>
    public const long MaxBytesOfReport = 384L << 20;

    /// <summary>Of all reports together; past it whoever asks for more hears to come again.</summary>
    public const long MaxBytesOfAll = 768L << 20;

    /// <summary>Of one report: what it always gets, whatever heavy ones hold, so that a light one is answered beside them. Not counted among those of all.</summary>
    public const long BytesOfLightReport = 1L << 20;

    long taken;

    internal long BytesOfReport => ofReport;

    /// <summary>What one report may take; to be disposed of with the answer.</summary>
    public ReportMemory Open() => new(this);

    internal bool TryTake(long bytes)
    {
        if (bytes == 0 || Interlocked.Add(ref taken, bytes) <= ofAll) return true;
        Interlocked.Add(ref taken, -bytes);
        return false;
    }

    internal void Give(long bytes) => Interlocked.Add(ref taken, -bytes);
}

/// <summary>What one report holds; safe for its workers.</summary>
public sealed class ReportMemory(ReportMemoryPool pool) : IDisposable
{
    readonly Lock gate = new();
    long taken;

    /// <summary>Notes memory that is about to be taken.</summary>
    /// <param name="field">The part of the definition that decides how much it is.</param>
    /// <param name="advice">What would need less.</param>
    /// <exception cref="DefinitionException">The report takes too much.</exception>
    /// <exception cref="ReportsBusyException">All reports together do.</exception>
    public void Take(long bytes, string field, string advice)
    {
        lock (gate)
        {
            if (taken + bytes > pool.BytesOfReport)
                throw new DefinitionException(field, $"the report needs more than {pool.BytesOfReport >> 20} MiB of memory: {advice}");
            if (!pool.TryTake(Counted(taken + bytes) - Counted(taken))) throw new ReportsBusyException();
            taken += bytes;
        }
    }

    /// <summary>Gives some back before the report ends.</summary>
    public void Give(long bytes)
    {
        lock (gate)
        {
            pool.Give(Counted(taken) - Counted(taken - bytes));
            taken -= bytes;
        }
    }

    /// <summary>Gives all back: with the answer, or where the report begins anew.</summary>
    public void GiveBack()
    {
        lock (gate)
        {
            pool.Give(Counted(taken));
            taken = 0;
        }
    }

    public void Dispose() => GiveBack();

    static long Counted(long bytes) => Math.Max(0, bytes - ReportMemoryPool.BytesOfLightReport);
}
