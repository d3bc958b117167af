namespace Cairn.Api.Ingest.Amplitude;

/// <summary>For how long the stream has been away, as far as this instance has seen.</summary>
public sealed class Outage(TimeProvider time)
{
    long sinceTimestamp;

    /// <summary>Notes a request that could not be stored; gives the time since the first of them.</summary>
    public TimeSpan Failed()
    {
        var now = time.GetTimestamp();
        var since = Interlocked.CompareExchange(ref sinceTimestamp, now, 0);
        return since == 0 ? TimeSpan.Zero : time.GetElapsedTime(since, now);
    }

    /// <summary>Notes a request that was stored.</summary>
    public void Ended() => Volatile.Write(ref sinceTimestamp, 0);
}
