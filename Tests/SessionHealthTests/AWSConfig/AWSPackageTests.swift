import SessionHealth
import Testing

struct AWSPackageTests {
    @Test(arguments: [
        ("PRETTY_NAME=\"Debian\"\nVERSION_ID=\"12\"\nID=debian\n", "sudo apt-get install awscli"),
        ("ID=debian\nPRETTY_NAME=sid", "sudo apt-get install awscli"),
        ("ID=debian\nVERSION_ID=11", AWSPackage.installer),
        ("ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"24.04\"\n", "sudo snap install aws-cli --classic"),
        ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\nVERSION_ID=\"22\"\n", "sudo snap install aws-cli --classic"),
        ("ID=fedora\r\nVERSION_ID=43\r\n", "sudo dnf install awscli2"),
        ("ID='arch'\n", "sudo pacman -S aws-cli-v2"), ("ID=alpine\n", "sudo apk add aws-cli"),
        ("ID=nixos\n", "nix-shell -p awscli2"), ("ID=slackware\n", AWSPackage.installer), ("", AWSPackage.installer),
    ])
    func namesWhatToInstall(osRelease: String, command: String) {
        #expect(AWSPackage.command(osRelease: osRelease) == command)
    }
}
