using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Cairn.Support;

/// <summary>What a compiled assembly uses of LocalHost and Shims, and so of Microsoft's packages under the same names: types, members, attributes.</summary>
public static class OfficialMembers
{
    /// <summary>One line a member, ordinal order: <c>Type.Member(parameter types) : result</c>, <c>Type</c> alone, or <c>Type.Property =</c> set in an attribute.</summary>
    /// <param name="assemblyPath">The compiled assembly.</param>
    /// <param name="providers">Simple names of the assemblies whose members count.</param>
    public static IReadOnlyList<string> UsedBy(string assemblyPath, params string[] providers)
    {
        using var file = new PEReader(File.OpenRead(assemblyPath));
        var metadata = file.GetMetadataReader();
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var handle in metadata.TypeReferences)
            if (IsProvided(metadata, handle, providers)) lines.Add(SignatureNames.Of(metadata, handle));
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            if (Owner(metadata, member.Parent) is { } owner && IsProvided(metadata, owner, providers)) lines.Add(Describe(metadata, member, owner));
        }
        foreach (var handle in metadata.CustomAttributes)
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (attribute.Constructor.Kind != HandleKind.MemberReference) continue;
            if (Owner(metadata, metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent) is not { } owner || !IsProvided(metadata, owner, providers)) continue;
            foreach (var named in attribute.DecodeValue(SignatureNames.Instance).NamedArguments) lines.Add($"{SignatureNames.Of(metadata, owner)}.{named.Name} =");
        }
        return [.. lines];
    }

    static string Describe(MetadataReader metadata, MemberReference member, TypeReferenceHandle owner)
    {
        var name = $"{SignatureNames.Of(metadata, owner)}.{metadata.GetString(member.Name)}";
        if (member.GetKind() == MemberReferenceKind.Field) return $"{name} : {member.DecodeFieldSignature(SignatureNames.Instance, null)}";
        var signature = member.DecodeMethodSignature(SignatureNames.Instance, null);
        var generic = signature.GenericParameterCount == 0 ? "" : $"`{signature.GenericParameterCount}";
        return $"{name}{generic}({string.Join(", ", signature.ParameterTypes)}) : {signature.ReturnType}";
    }

    static TypeReferenceHandle? Owner(MetadataReader metadata, EntityHandle parent) => parent.Kind switch
    {
        HandleKind.TypeReference => (TypeReferenceHandle)parent,
        HandleKind.TypeSpecification => SignatureNames.DefinitionOf(metadata, (TypeSpecificationHandle)parent),
        _ => null,
    };

    static bool IsProvided(MetadataReader metadata, TypeReferenceHandle handle, string[] providers)
    {
        var scope = metadata.GetTypeReference(handle).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.AssemblyReference => providers.Contains(metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name)),
            HandleKind.TypeReference => IsProvided(metadata, (TypeReferenceHandle)scope, providers),
            _ => false,
        };
    }
}

/// <summary>Names types as C# would, without namespaces of the framework's everyday types.</summary>
public sealed class SignatureNames : ISignatureTypeProvider<string, object?>, ICustomAttributeTypeProvider<string>
{
    internal static SignatureNames Instance { get; } = new();

    /// <summary>A referenced type's full name.</summary>
    public static string Of(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        var name = metadata.GetString(type.Name);
        if (type.ResolutionScope.Kind == HandleKind.TypeReference) return $"{Of(metadata, (TypeReferenceHandle)type.ResolutionScope)}+{name}";
        var space = metadata.GetString(type.Namespace);
        return space.Length == 0 ? name : $"{space}.{name}";
    }

    /// <summary>The generic type that a constructed one is made of, where it is a referenced one.</summary>
    public static TypeReferenceHandle? DefinitionOf(MetadataReader metadata, TypeSpecificationHandle handle)
    {
        var blob = metadata.GetBlobReader(metadata.GetTypeSpecification(handle).Signature);
        if (blob.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance) return null;
        blob.ReadCompressedInteger();
        return blob.ReadTypeHandle() is { Kind: HandleKind.TypeReference } found ? (TypeReferenceHandle)found : null;
    }

    /// <inheritdoc/>
    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

    /// <inheritdoc/>
    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => Of(reader, handle);

    /// <inheritdoc/>
    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        $"{reader.GetString(reader.GetTypeDefinition(handle).Namespace)}.{reader.GetString(reader.GetTypeDefinition(handle).Name)}";

    /// <inheritdoc/>
    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => $"{genericType}<{string.Join(", ", typeArguments)}>";

    /// <inheritdoc/>
    public string GetSZArrayType(string elementType) => $"{elementType}[]";

    /// <inheritdoc/>
    public string GetGenericMethodParameter(object? genericContext, int index) => $"!!{index}";

    /// <inheritdoc/>
    public string GetGenericTypeParameter(object? genericContext, int index) => $"!{index}";

    /// <inheritdoc/>
    public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    /// <inheritdoc/>
    public string GetByReferenceType(string elementType) => $"{elementType}&";

    /// <inheritdoc/>
    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

    /// <inheritdoc/>
    public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[{new string(',', shape.Rank - 1)}]";

    /// <inheritdoc/>
    public string GetPointerType(string elementType) => $"{elementType}*";

    /// <inheritdoc/>
    public string GetPinnedType(string elementType) => elementType;

    /// <inheritdoc/>
    public string GetFunctionPointerType(MethodSignature<string> signature) => "function pointer";

    /// <inheritdoc/>
    public string GetSystemType() => "System.Type";

    /// <inheritdoc/>
    public bool IsSystemType(string type) => type == "System.Type";

    /// <inheritdoc/>
    public string GetTypeFromSerializedName(string name) => name;

    /// <inheritdoc/>
    public PrimitiveTypeCode GetUnderlyingEnumType(string type) => PrimitiveTypeCode.Int32;
}
