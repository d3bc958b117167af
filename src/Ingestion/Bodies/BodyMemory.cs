namespace Cairn.Ingestion.Bodies;

/// <summary>
/// How much memory bodies may take together, so that fifty kilobytes-small bombs, or fifty honest imports, are worked off a few at a time instead of filling
/// the machine. Small bodies are never counted and never wait. Thread-safe.
/// </summary>
/// <remarks>
/// Bytes on their way in are counted and refused past the limit: to wait with a half-read body would block those who could finish. Bytes that a whole body inflates
/// and unfolds to are waited for, in the order of asking.
/// </remarks>
public sealed class BodyMemory
{
    /// <summary>Bytes of a body that is not worth counting: a thousand of them are less than one import.</summary>
    public const int SmallBytes = 64 * 1024;

    /// <summary>Bytes of larger bodies, as sent, from the first read until the answer.</summary>
    public const long MaxArrivingBytes = 64L * 1024 * 1024;

    /// <summary>Bytes that bodies in work are inflated and unfolded to; two of the largest have room.</summary>
    public const long MaxWorkingBytes = 64L * 1024 * 1024;

    /// <summary>How long a body waits for its turn before its sender is told to try later: less than the patience of any SDK.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(8);

    /// <summary>After a burst, and this long without a large body, what it left behind goes back to the machine.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    readonly Lock gate = new();
    readonly LinkedList<Waiter> waiting = [];
    readonly TimeProvider time;
    readonly long maxArrivingBytes;
    readonly long maxWorkingBytes;
    readonly Action? afterBurst;
    readonly ITimer quiet;
    long arriving;
    long working;
    bool wasBurst;

    /// <param name="afterBurst">Called once it is quiet again after more than half of either limit was in use; null for nothing.</param>
    public BodyMemory(TimeProvider time, long maxArrivingBytes = MaxArrivingBytes, long maxWorkingBytes = MaxWorkingBytes, Action? afterBurst = null)
    {
        (this.time, this.maxArrivingBytes, this.maxWorkingBytes, this.afterBurst) = (time, maxArrivingBytes, maxWorkingBytes, afterBurst);
        quiet = time.CreateTimer(static memory => ((BodyMemory)memory!).TellQuiet(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The process's, for memory is. The collector would keep a burst's memory for the next one, for as long as little is asked of it.</summary>
    public static BodyMemory Shared { get; } = new(TimeProvider.System, afterBurst: static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true));

    /// <summary>Counts bytes on their way in; false, and not counted, where there is no room.</summary>
    public bool TryArrive(long bytes)
    {
        lock (gate)
        {
            if (arriving + bytes > maxArrivingBytes) return false;
            arriving += bytes;
            wasBurst |= arriving > maxArrivingBytes / 2;
            return true;
        }
    }

    /// <summary>Uncounts them.</summary>
    public void Left(long bytes)
    {
        lock (gate)
        {
            arriving -= bytes;
            AwaitQuiet();
        }
    }

    /// <summary>Waits for room to work in.</summary>
    /// <returns>False where there was none in time.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public ValueTask<bool> TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(Math.Min(bytes, maxWorkingBytes));
        lock (gate)
        {
            if (waiting.Count == 0 && working + waiter.Bytes <= maxWorkingBytes)
            {
                Use(waiter.Bytes);
                return new(true);
            }
            waiting.AddLast(waiter);
        }
        return WaitAsync(waiter, cancellationToken);
    }

    /// <summary>Makes room again.</summary>
    /// <param name="bytes">Of what was taken.</param>
    public void GiveBack(long bytes)
    {
        lock (gate)
        {
            working -= Math.Min(bytes, maxWorkingBytes);
            LetIn();
            AwaitQuiet();
        }
    }

    async ValueTask<bool> WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.HasRoom.Task.WaitAsync(MaxWait, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return !Leave(waiter);
        }
        catch (OperationCanceledException)
        {
            if (!Leave(waiter)) GiveBack(waiter.Bytes);
            throw;
        }
    }

    /// <summary>Ends the waiting; false where it had just ended with room.</summary>
    bool Leave(Waiter waiter)
    {
        lock (gate)
        {
            if (!waiting.Remove(waiter)) return false;
            // Whoever stood behind a large one may fit.
            LetIn();
            return true;
        }
    }

    void LetIn()
    {
        while (waiting.First?.Value is { } first && working + first.Bytes <= maxWorkingBytes)
        {
            waiting.RemoveFirst();
            Use(first.Bytes);
            first.HasRoom.SetResult();
        }
    }

    void Use(long bytes)
    {
        working += bytes;
        wasBurst |= working > maxWorkingBytes / 2;
    }

    void AwaitQuiet()
    {
        if (wasBurst && arriving == 0 && working == 0) quiet.Change(Quiet, Timeout.InfiniteTimeSpan);
    }

    void TellQuiet()
    {
        lock (gate)
        {
            if (arriving > 0 || working > 0) return;
            wasBurst = false;
        }
        afterBurst?.Invoke();
    }

    sealed class Waiter(long bytes)
    {
        public long Bytes => bytes;
        public TaskCompletionSource HasRoom { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
