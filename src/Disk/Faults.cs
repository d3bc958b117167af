using Cairn.Storage;

namespace Cairn.Disk;

/// <summary>Turns the file system's exceptions into the ports' own, with what was being done.</summary>
static class Faults
{
    /// <exception cref="StorageUnavailableException">The file system answered with a fault.</exception>
    public static T Translate<T>(string name, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException($"The disk failed at '{name}': {e.Message}", e);
        }
    }
}
