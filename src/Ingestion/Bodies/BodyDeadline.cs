namespace Cairn.Ingestion.Bodies;

/// <summary>Until when a body must have arrived; cancels the read that waits longer, or when the client goes.</summary>
/// <remarks>A timer and a registration exist only once <see cref="Start"/> was called.</remarks>
sealed class BodyDeadline(TimeSpan duration, TimeProvider time, CancellationToken clientGone) : IDisposable
{
    readonly CancellationTokenSource source = new();
    readonly long startedAt = time.GetTimestamp();
    CancellationTokenRegistration registration;
    ITimer? timer;

    public CancellationToken Token => source.Token;

    /// <summary>For a sender that always has another byte, so that no read waits.</summary>
    public bool HasPassed => time.GetElapsedTime(startedAt) > duration;

    /// <summary>A read waits from now on; later calls change nothing.</summary>
    public void Start()
    {
        if (timer is not null) return;
        var left = duration - time.GetElapsedTime(startedAt);
        timer = time.CreateTimer(Cancel, this, left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        registration = clientGone.UnsafeRegister(Cancel, this);
    }

    public void Dispose()
    {
        timer?.Dispose();
        registration.Dispose();
        source.Dispose();
    }

    static void Cancel(object? deadline)
    {
        try
        {
            ((BodyDeadline)deadline!).source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The body came to its end while the timer was firing: nothing is left to cancel.
        }
    }
}
