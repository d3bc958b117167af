using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cairn.Projects.Keys;

/// <summary>What one machine keeps in <c>keys.json</c>, for scripts: the first project's keys and where the server listens.</summary>
public sealed record MachineKeys(
    string ProjectId, string Token, string ApiKey, string ApiSecret, string WriteKey, MachineServiceAccount ServiceAccount, string AdminKey, string? Url)
{
    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Null where there is no file.</summary>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public static MachineKeys? Read(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            var keys = JsonSerializer.Deserialize<MachineKeys>(File.ReadAllBytes(path), Json);
            return keys is { ProjectId: not null, Token: not null, ApiKey: not null, ApiSecret: not null, WriteKey: not null, AdminKey: not null, ServiceAccount: not null }
                ? keys
                : throw new InvalidDataException($"'{path}' lacks keys. Remove it, and the next start makes new ones.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is no JSON ({e.Message}). Remove it, and the next start makes new keys.", e);
        }
    }

    /// <summary>Writes the file in one step, readable by its owner only (mode 0600; on Windows the folder's own rights hold).</summary>
    public void Write(string path)
    {
        var unfinished = path + ".new";
        File.Delete(unfinished);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(unfinished, options))
        {
            JsonSerializer.Serialize(file, this, Json);
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path, overwrite: true);
    }
}

/// <summary>A service account with the role admin.</summary>
public sealed record MachineServiceAccount(string Username, string Secret);
