using System.Collections.Concurrent;
using Azure.Messaging.EventHubs;
using Cairn.Shims.SharedHub;

namespace Cairn.Shims.StreamLog;

/// <summary>
/// The hubs that a process serves below one folder, as an Event Hubs namespace has hubs. Producers and triggers in the process that name
/// the folder share each hub; those that name an address share the hubs that another process serves there.
/// </summary>
public sealed class HubNamespace : IDisposable
{
    static readonly Dictionary<string, HubNamespace> Served = [];
    static readonly ConcurrentDictionary<(string Address, string HubName), HubConnection> Shared = [];

    readonly Dictionary<string, HubLog> hubs = [];
    readonly string folder;
    readonly HubSettings settings;

    HubNamespace(string folder, HubSettings settings) => (this.folder, this.settings) = (folder, settings);

    /// <summary>Serves a folder's hubs until disposed; hubs are opened, or made, when first asked for.</summary>
    /// <exception cref="InvalidOperationException">This process serves it already.</exception>
    public static HubNamespace Serve(string folder, HubSettings settings)
    {
        var place = Path.GetFullPath(folder);
        var served = new HubNamespace(place, settings);
        lock (Served)
            if (!Served.TryAdd(place, served)) throw new InvalidOperationException($"{place} is served already");
        return served;
    }

    /// <summary>A hub of a served folder, or of an address.</summary>
    /// <exception cref="EventHubsException">The folder is not served, or the hub can't be opened.</exception>
    public static IHub Find(string folder, string hubName)
    {
        if (folder.StartsWith("http://", StringComparison.Ordinal)) return Shared.GetOrAdd((folder, hubName), key => new HubConnection(new Uri(key.Address), key.HubName));
        lock (Served)
            return Served.TryGetValue(Path.GetFullPath(folder), out var found)
                ? found.Hub(hubName)
                : throw new EventHubsException(false, hubName, $"no host serves {folder}", EventHubsException.FailureReason.ResourceNotFound);
    }

    /// <summary>A hub of this folder.</summary>
    /// <exception cref="EventHubsException">It can't be opened.</exception>
    public HubLog Hub(string name)
    {
        lock (hubs)
        {
            if (hubs.TryGetValue(name, out var open)) return open;
            try
            {
                return hubs[name] = new HubLog(Path.Combine(folder, name), settings);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                throw new EventHubsException(true, name, $"hub {name} can't be opened: {fault.Message}", EventHubsException.FailureReason.ServiceCommunicationProblem, fault);
            }
        }
    }

    /// <summary>The hubs that are open.</summary>
    public IReadOnlyList<HubLog> Open
    {
        get { lock (hubs) return [.. hubs.Values]; }
    }

    /// <summary>Closes the hubs; what waits is written first.</summary>
    public void Dispose()
    {
        lock (Served) Served.Remove(folder);
        lock (hubs)
        {
            foreach (var hub in hubs.Values) hub.Dispose();
            hubs.Clear();
        }
    }
}
