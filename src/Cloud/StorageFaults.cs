using System.Net.Sockets;
using Azure;
using Azure.Identity;
using Cairn.Storage;

namespace Cairn.Cloud;

/// <summary>Turns what the storage clients throw when a service can't be reached or fails by itself into the ports' own exception.</summary>
static class StorageFaults
{
    /// <summary>Calls, and tells a fault in the port's terms.</summary>
    public static async Task<T> TellAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (Exception fault) when (IsUnavailable(fault, cancellationToken))
        {
            throw Unavailable(fault);
        }
    }

    /// <summary>The next of a listing, or its end; a fault in the port's terms.</summary>
    public static Task<bool> MoveNextAsync<T>(IAsyncEnumerator<T> listing, CancellationToken cancellationToken) =>
        TellAsync(() => listing.MoveNextAsync().AsTask(), cancellationToken);

    public static StorageUnavailableException Unavailable(Exception fault) => new(fault.Message, fault);

    static bool IsUnavailable(Exception fault, CancellationToken cancellationToken) =>
        fault is RequestFailedException or AuthenticationFailedException or HttpRequestException or IOException or SocketException
        // The client gives up by cancelling; several tries that all failed come as one.
        || (fault is OperationCanceledException or AggregateException && !cancellationToken.IsCancellationRequested);
}
