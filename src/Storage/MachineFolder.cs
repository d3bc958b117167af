namespace Cairn.Storage;

/// <summary>The data folder of a deployment that is one machine. A service there; on Azure there is none.</summary>
/// <param name="FullPath">Where everything is kept.</param>
public sealed record MachineFolder(string FullPath);
